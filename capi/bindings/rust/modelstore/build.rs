//! Lets the tests and examples of this crate find the library where MODELSTORE_LIB_DIR said that it is.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Ok(folder) = std::env::var("DEP_MODELSTORE_C_LIB_DIR") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", folder);
    }
}
