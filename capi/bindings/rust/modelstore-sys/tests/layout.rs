//! That Rust and C agree about every struct and every constant of the header.
#![allow(non_camel_case_types)]

use modelstore_sys::*;
use std::mem::{size_of, MaybeUninit};
use std::path::Path;
use std::process::Command;
use std::ptr::addr_of;

/// The size of what a pointer points to.
fn pointee_size<T>(_: *const T) -> usize {
    size_of::<T>()
}

macro_rules! structs {
    ($($name:ident { $($member:ident $c_member:literal,)* })*) => {
        fn rust_structs(lines: &mut Vec<String>) {
            $(
                lines.push(format!("{} {}", stringify!($name), size_of::<$name>()));
                let block = MaybeUninit::<$name>::uninit();
                let begin = block.as_ptr();
                $(
                    // SAFETY: the address of a member of an allocated struct, which is not read.
                    let member = unsafe { addr_of!((*begin).$member) };
                    let offset = member as usize - begin as usize;
                    lines.push(format!(
                        "{}.{} {} {}", stringify!($name), $c_member, offset, pointee_size(member)
                    ));
                )*
            )*
        }

        fn c_structs(lines: &mut Vec<String>) {
            $(
                lines.push(format!(r#"  printf("{0} %zu\n", sizeof({0}));"#, stringify!($name)));
                $(
                    lines.push(format!(
                        r#"  printf("{0}.{1} %zu %zu\n", offsetof({0}, {1}), sizeof((({0}*)0)->{1}));"#,
                        stringify!($name), $c_member
                    ));
                )*
            )*
        }
    };
}

macro_rules! constants {
    ($($name:ident,)*) => {
        fn rust_constants(lines: &mut Vec<String>) {
            $(lines.push(format!("{} {}", stringify!($name), $name));)*
        }

        fn c_constants(lines: &mut Vec<String>) {
            $(lines.push(format!(r#"  printf("{0} %d\n", (int){0});"#, stringify!($name)));)*
        }
    };
}

include!("layout/declared.rs");

/// What a C compiler says, line by line.
fn ask_c() -> Vec<String> {
    let mut program = vec![
        "#include <modelstore.h>".to_owned(),
        "#include <stdio.h>".to_owned(),
        "int main(void) {".to_owned(),
    ];
    c_structs(&mut program);
    c_constants(&mut program);
    program.push("}\n".to_owned());

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = folder.join("layout.c");
    let binary = folder.join("layout");
    std::fs::write(&source, program.join("\n")).expect("the C program is written");
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../include");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let compiled = Command::new(&compiler)
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I"])
        .args([&include, &source])
        .arg("-o")
        .arg(&binary)
        .status()
        .expect("there is a C compiler");
    assert!(compiled.success());
    let answer = Command::new(&binary).output().expect("the C program runs");
    assert!(answer.status.success());
    let answer = String::from_utf8(answer.stdout).expect("the answer is ASCII");
    answer.lines().map(str::to_owned).collect()
}

#[test]
fn structs_and_constants_are_those_of_the_header() {
    let mut rust = Vec::new();
    rust_structs(&mut rust);
    rust_constants(&mut rust);
    let c = ask_c();
    assert!(rust.len() > 300, "only {} lines", rust.len());
    assert_eq!(rust.len(), c.len());
    for (in_rust, in_c) in rust.iter().zip(&c) {
        assert_eq!(in_rust, in_c);
    }
}

#[test]
fn options_begin_with_their_size_and_zeros() {
    let options = modelstore_store_options::init();
    assert_eq!(options.struct_size as usize, size_of::<modelstore_store_options>());
    assert_eq!((options.create, options.read_only, options.threads), (0, 0, 0));
    assert!(options.previews.is_null() && options.post.is_none() && options.log.is_none());
}
