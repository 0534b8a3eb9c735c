//! Makes typed functions of the texts in `messages/`: one for each message, with its variables as parameters. A text that
//! one language lacks, or that wants other variables there, is an error of the build.

#[path = "build/messages.rs"]
mod messages;

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let folder = Path::new("messages");
    println!("cargo::rerun-if-changed=messages");
    println!("cargo::rerun-if-changed=build");
    let out: PathBuf = env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR").into();
    match messages::read(folder).and_then(|catalogue| messages::write(&catalogue)) {
        Ok(code) => fs::write(out.join("messages.rs"), code).expect("OUT_DIR can be written to"),
        Err(error) => {
            println!("cargo::error={error}");
        }
    }
}
