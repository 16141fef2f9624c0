//! A Chromium to test in.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::command::{command, read, run, succeeds};

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// The browser that `CHROMIUM` names, else an installed one, else Debian's.
pub fn find() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        ensure!(
            named.is_file(),
            "CHROMIUM names {}, which is no file",
            named.display()
        );
        return Ok(named);
    }
    if let Some(installed) = installed() {
        return Ok(installed);
    }
    install().context("Chromium is missing: install it, or set CHROMIUM to its path")?;
    installed().context("Chromium was installed but is not on the path: set CHROMIUM to its path")
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|file| file.is_file())
}

fn install() -> Result<()> {
    println!("installing Chromium");
    let install = [
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        "chromium",
    ];
    if read(&mut command("id", &["-u"]))?.trim() == "0" {
        let fetched = succeeds(&mut command("apt-get", &["update"]));
        ensure!(fetched, "apt-get update failed");
        return run(&mut command(install[0], &install[1..]));
    }
    // Never asks for a password: the command may run where nobody can answer.
    let fetched = succeeds(&mut command("sudo", &["-n", "apt-get", "update"]));
    ensure!(fetched, "sudo -n apt-get update failed");
    run(command("sudo", &["-n"]).args(install))
}
