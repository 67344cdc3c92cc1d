//! Finds libmodelstore_c: in the folder that MODELSTORE_LIB_DIR names, else with pkg-config.

use std::env;
use std::process::{Command, ExitCode};

const VARIABLE: &str = "MODELSTORE_LIB_DIR";

fn main() -> ExitCode {
    println!("cargo:rerun-if-env-changed={}", VARIABLE);
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    println!("cargo:rerun-if-changed=build.rs");
    match find() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("libmodelstore_c was not found: {}", reason);
            eprintln!("install it where pkg-config finds it, or name its folder in {}", VARIABLE);
            ExitCode::FAILURE
        }
    }
}

fn find() -> Result<(), String> {
    if let Some(folder) = env::var_os(VARIABLE) {
        let folder = folder.into_string().map_err(|_| format!("{} is not UTF-8", VARIABLE))?;
        println!("cargo:rustc-link-search=native={}", folder);
        println!("cargo:rustc-link-lib=dylib=modelstore_c");
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder);
        // What depends on this crate finds the folder in DEP_MODELSTORE_C_LIB_DIR.
        println!("cargo:lib_dir={}", folder);
        return Ok(());
    }
    for flag in pkg_config()?.split_whitespace() {
        if let Some(folder) = flag.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={}", folder);
        } else if let Some(name) = flag.strip_prefix("-l") {
            println!("cargo:rustc-link-lib={}", name);
        }
    }
    Ok(())
}

fn pkg_config() -> Result<String, String> {
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let done = Command::new(&program)
        .args(["--libs", "modelstore_c"])
        .output()
        .map_err(|error| format!("{}: {}", program.to_string_lossy(), error))?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).trim().to_owned());
    }
    String::from_utf8(done.stdout).map_err(|error| error.to_string())
}
