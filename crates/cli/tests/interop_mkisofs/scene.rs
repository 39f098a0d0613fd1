//! A folder with sources, and programs that are run in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .output()
        .unwrap()
}

pub(crate) fn succeed(what: &str, output: &Output) -> String {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn fsimage(folder: &Path, arguments: &[&str]) -> Output {
    run(Path::new(env!("CARGO_BIN_EXE_fsimage")), folder, arguments)
}

/// What the sets name.
pub(crate) fn scene() -> tempfile::TempDir {
    let scene = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = scene.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    for (name, content) in [
        ("user-data", "#cloud-config\n"),
        ("meta-data", "instance-id: one\n"),
        ("network-config", "version: 2\n"),
        ("hidden.txt", "hidden"),
        ("left.tmp", "left out"),
        ("docs/a rather long name with spaces.html", "long"),
        ("docs/deep/empty", ""),
        ("repoview/index.html", "left out"),
        ("EFI/BOOT/grub.cfg", "menu"),
        ("run.sh", "#!/bin/sh\n"),
    ] {
        write(&format!("tree/{name}"), content.as_bytes());
    }
    let run = scene.path().join("tree/run.sh");
    fs::set_permissions(run, fs::Permissions::from_mode(0o750)).unwrap();
    std::os::unix::fs::symlink("docs/deep", scene.path().join("tree/link")).unwrap();
    let code = |len: usize| (0..len).map(|at| (at % 251) as u8).collect::<Vec<_>>();
    for image in [
        "boot/grub/efi.img",
        "images/efiboot.img",
        "images/macboot.img",
        "efi.img",
        "esp.img",
        "boot/x86_64/efi",
    ] {
        write(&format!("tree/{image}"), &code(1 << 20));
    }
    renew_loaders(scene.path());
    write("tree/images/cdboot.img", &code(30_000));
    write("tree/boot/floppy.img", &code(1_474_560));
    write("boot1/install/readme", b"read me");
    write("boot1/embed", &code(30_000));
    write("empty", b"");
    write("globs", b"tree/boot/grub/* 111111\ntree/boot/* 111110\ntree/none 5\n");
    write("k3blist", b"user-data=tree/user-data\ndocs/=tree/docs/\n");
    write("windows/efi/microsoft/boot/efisys.bin", &code(1_474_560));
    write("windows/sources/boot.wim", &code(100_000));
    write("windows/autorun.inf", b"[AutoRun]");
    write("efi.img", &code(1 << 20));
    write(
        "pathlist",
        b"isolinux=tree/isolinux\nboot/grub=tree/boot/grub\na\\=b/run.sh=tree/run.sh\nnix/link=tree/link\n",
    );
    write("sortfile", b"tree/boot/x86_64/boot.catalog 3\ntree/boot/x86_64/loader/isolinux.bin 2\ntree/boot/x86_64/efi 1000001\n");
    scene
}

/// genisoimage writes boot info tables into its sources.
pub(crate) fn renew_loaders(scene: &Path) {
    let code = |len: usize| (0..len).map(|at| (at % 249) as u8).collect::<Vec<_>>();
    let loaders = LOADERS.iter().map(|loader| (format!("tree/{loader}"), 20_480));
    let more = [("boot1/isolinux/isolinux.bin", 20_480), ("windows/boot/etfsboot.com", 4096)];
    for (name, len) in loaders.chain(more.map(|(name, len)| (name.to_owned(), len))) {
        let path = scene.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, code(len)).unwrap();
    }
}

/// Boot images for BIOS, which are told where they lie.
pub(crate) const LOADERS: &[&str] = &[
    "isolinux/isolinux.bin",
    "boot/syslinux/isolinux.bin",
    "boot/x86_64/loader/isolinux.bin",
    "boot/grub/grub_eltorito",
    "boot/grub/i386-pc/eltorito.img",
    "images/eltorito.img",
    "boot/cdboot",
    "boot/isolinux/isolinux.bin",
    "boot/limine-bios-cd.bin",
    "boot/grub/stage2_eltorito",
];

/// Words as a shell reads them.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in text.split('\'').enumerate() {
        match number % 2 {
            0 => words.extend(part.split(' ').filter(|word| !word.is_empty()).map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}
