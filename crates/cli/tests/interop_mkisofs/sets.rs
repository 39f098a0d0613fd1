//! Option sets as build scripts have them: spelling and order are theirs, file names in the image as well. What a
//! script fills in (labels, dates) is filled in.

/// Whose command line it is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Calls {
    /// `genisoimage` or `mkisofs`.
    Genisoimage,
    /// `xorrisofs`, `xorriso -as mkisofs`.
    Xorriso,
}
use Calls::{Genisoimage, Xorriso};

/// A call of a script.
pub(crate) struct Set {
    /// Project and file, or the page.
    pub(crate) script: &'static str,
    pub(crate) calls: Calls,
    /// Words as a shell reads them. `@MBR` and `@GRUB` are the boot code of ISOLINUX and GRUB, `@EFI` is a FAT image
    /// outside of the tree, `@OLD` an image that xorriso wrote, `@ESP` the stretch of its EFI system partition,
    /// `@HYBRID` an isohybrid one.
    pub(crate) options: &'static str,
    /// What is put into the image.
    pub(crate) sources: &'static str,
}

const fn set(script: &'static str, calls: Calls, options: &'static str) -> Set {
    Set { script, calls, options, sources: "tree" }
}

const fn files(script: &'static str, calls: Calls, options: &'static str, sources: &'static str) -> Set {
    Set { script, calls, options, sources }
}

#[rustfmt::skip]
pub(crate) const SETS: &[Set] = &[
    // Seeds and configuration drives of virtual machines
    files("cloud-utils bin/cloud-localds", Genisoimage, "-volid cidata -joliet -rock", "tree/user-data tree/meta-data"),
    files("cloud-init doc: nocloud", Genisoimage, "-volid cidata -joliet -rock", "tree/user-data tree/meta-data tree/network-config"),
    files("livecd-rootfs ubuntu-cpc/hooks.d/base/vagrant.binary", Genisoimage, "-volid cidata -joliet -rock -input-charset utf-8", "tree/user-data tree/meta-data"),
    set("packer-plugin-sdk step_create_cdrom.go, xorriso", Xorriso, "-rock -joliet -volid packer"),
    set("packer-plugin-sdk step_create_cdrom.go, mkisofs", Genisoimage, "-joliet -volid packer"),
    set("virt-manager installerinject.py, cloud-init", Xorriso, "-J -input-charset utf8 -rational-rock -V cidata"),
    set("virt-manager installerinject.py, unattended", Genisoimage, "-J -input-charset utf8 -rational-rock"),
    set("nova virt/configdrive.py", Genisoimage, "-ldots -allow-lowercase -allow-multidot -l -publisher 'OpenStack Nova 2014.2' -quiet -J -r -V config-2"),
    set("qemu-server Cloudinit.pm", Genisoimage, "-quiet -iso-level 3 -R -V cidata"),
    files("kubevirt cloud-init.go and config.go", Xorriso, "-follow-links -volid cfgdata -joliet -rock -graft-points -partition_cyl_align on", "user-data=tree/user-data app/link=tree/link"),
    files("Kairos doc: nocloud", Xorriso, "-quiet -V cidata -graft-points", "user-data=tree/user-data meta-data=tree/meta-data"),
    set("talos doc: metal-iso", Genisoimage, "-joliet -rock -volid metal-iso"),

    // Installers and live systems of Debian and Ubuntu
    set("live-build binary_iso, hybrid", Xorriso, "-R -r -J -joliet-long -l -cache-inodes -iso-level 3 -isohybrid-mbr @MBR -partition_offset 16 -A 'Debian Live' -p 'live-build 20230502; https://salsa.debian.org/live-team/live-build' -publisher 'Debian Live project' -V 'Debian bookworm' -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table"),
    set("live-build binary_iso, hybrid with UEFI", Xorriso, "-R -r -J -joliet-long -l -cache-inodes -iso-level 3 -isohybrid-mbr @MBR -partition_offset 16 -A Lika-Linux -p live-build -publisher Lika -V Lika-Live --modification-date=2025010315195500 -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus"),
    set("live-build binary_iso, grub-pc", Xorriso, "-R -r -J -joliet-long -l -cache-inodes -iso-level 3 -quiet -V Debian -no-emul-boot -boot-load-size 4 -boot-info-table -b boot/grub/grub_eltorito -J"),
    set("live-build source_iso", Xorriso, "-r -J -joliet-long -l -cache-inodes -v -V Source"),
    set("live-build binary_iso (2009), ISOLINUX", Genisoimage, "-J -l -cache-inodes -allow-multidot -quiet -A 'Debian Live' -p 'live-build 2.0; http://packages.qa.debian.org/live-build' -publisher 'Debian Live project; http://live.debian.net/' -V 'Debian squeeze' -no-emul-boot -boot-load-size 4 -boot-info-table -r -b isolinux/isolinux.bin -c isolinux/boot.cat"),
    set("live-build binary_iso (2009), GRUB 2", Genisoimage, "-J -l -cache-inodes -allow-multidot -V 'Debian squeeze' -no-emul-boot -boot-load-size 4 -boot-info-table -r -b boot/grub/grub_eltorito -J"),
    set("live-build binary_iso, patched for hybrid images with GRUB 2", Xorriso, "-R -r -J -joliet-long -l -cache-inodes -iso-level 3 --modification-date=2025010315195500 -V Debian -no-emul-boot -boot-load-size 4 -boot-info-table -b boot/grub/grub_eltorito -J --grub2-mbr @GRUB --grub2-boot-info -partition_offset 16 -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot"),
    files("debian-cd boot-x86", Xorriso, "-r -checksum_algorithm_iso sha256,sha512 -V 'Debian 12.5.0 amd64 n' -J -joliet-long -cache-inodes -isohybrid-mbr @MBR -partition_offset 16 -b isolinux/isolinux.bin -c isolinux/boot.cat -boot-load-size 4 -boot-info-table -no-emul-boot -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus", "boot1 tree"),
    set("debian-cd boot-arm64", Xorriso, "-r -checksum_algorithm_iso sha256,sha512 -V 'Debian 12.5.0 arm64 n' -J -joliet-long -cache-inodes -l -e boot/grub/efi.img -no-emul-boot -append_partition 2 0xef @EFI -partition_cyl_align all"),
    set("debian-cd boot-arm64 (bookworm), armhf and ia64", Xorriso, "-r -checksum_algorithm_iso sha256,sha512 -V 'Debian 12.5.0 arm64 n' -J -joliet-long -cache-inodes -l -e boot/grub/efi.img -no-emul-boot -append_partition 2 0xef tree/boot/grub/efi.img -partition_cyl_align all"),
    set("debian-cd boot-s390x and boot-mips", Xorriso, "-r -checksum_algorithm_iso sha256,sha512 -V 'Debian 12.5.0 s390x n' -J -joliet-long -cache-inodes -l"),
    files("debian-cd boot-hurd-common (bookworm)", Xorriso, "-r -checksum_algorithm_iso sha256,sha512 -V Hurd -J -joliet-long -cache-inodes -l -J -joliet-long -b boot/grub/grub_eltorito --embedded-boot boot1/embed -c boot/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -cache-inodes", "boot1 tree"),
    set("SteamOS guides", Xorriso, "-r -checksum_algorithm_iso md5,sha1 -V 'Steam OS' -J -joliet-long -cache-inodes -isohybrid-mbr @MBR -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus"),
    set("debian-cd boot-ppc64el", Xorriso, "-r -checksum_algorithm_iso sha256,sha512 -V 'Debian 12.5.0 ppc64el n' -J -joliet-long -cache-inodes -l -chrp-boot-part"),
    set("debian-cd boot-hurd-common", Xorriso, "-r -V Hurd -J -joliet-long -b boot/grub/grub_eltorito -c boot/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -cache-inodes"),
    set("Debian wiki: RepackBootableISO", Xorriso, "-r -V 'Debian 12.8.0 amd64 n' -J -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table --efi-boot boot/grub/efi.img -isohybrid-mbr @MBR -partition_offset 16 -isohybrid-gpt-basdat -isohybrid-apm-hfsplus"),
    set("ubuntu-cdimage cd-boot-images-amd64 xorriso-cmd.txt", Xorriso, "-r -V 'Ubuntu 24.04 LTS amd64' -J -joliet-long -l -b boot/grub/i386-pc/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info --grub2-mbr @GRUB -append_partition 2 0xef @EFI -appended_part_as_gpt --mbr-force-bootable -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot -partition_offset 16"),
    set("Ubuntu, remastered by xorriso's report (24.04)", Xorriso, "-r -V 'Ubuntu 24.04.1 LTS amd64' --modification-date=2024082716232600 --grub2-mbr --interval:local_fs:0s-15s:zero_mbrpt,zero_gpt:@OLD --protective-msdos-label -partition_cyl_align off -partition_offset 16 --mbr-force-bootable -append_partition 2 28732ac11ff8d211ba4b00a0c93ec93b --interval:local_fs:@ESP::@OLD -appended_part_as_gpt -iso_mbr_part_type a2a0d0ebe5b9334487c068b6b72699c7 -c /boot.catalog -b /boot/grub/i386-pc/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info -eltorito-alt-boot -e '--interval:appended_partition_2_start_1782357s_size_2048d:all::' -no-emul-boot -boot-load-size 2048"),
    set("Ubuntu autoinstall guides (22.04)", Xorriso, "-r -V UBUNTU --grub2-mbr @GRUB -partition_offset 16 --mbr-force-bootable -append_partition 2 28732ac11ff8d211ba4b00a0c93ec93b @EFI -appended_part_as_gpt -iso_mbr_part_type a2a0d0ebe5b9334487c068b6b72699c7 -c /boot.catalog -b /boot/grub/i386-pc/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info -eltorito-alt-boot -e '--interval:appended_partition_2:::' -no-emul-boot"),
    set("Ubuntu autoinstall guides, part_like_isohybrid", Xorriso, "-r -V UBUNTU --grub2-mbr @GRUB --protective-msdos-label -partition_cyl_align off -partition_offset 16 --mbr-force-bootable -append_partition 2 0xef @EFI -part_like_isohybrid -c /boot.catalog -b /boot/grub/i386-pc/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot"),
    set("Ubuntu, remastered by xorriso's report (20.04)", Xorriso, "-r -V UBUNTU20 --modification-date=2023031613470500 -isohybrid-mbr --interval:local_fs:0s-15s:zero_mbrpt,zero_gpt,zero_apm:@HYBRID -partition_cyl_align on -partition_offset 0 -partition_hd_cyl 64 -partition_sec_hd 32 --mbr-force-bootable -apm-block-size 2048 -iso_mbr_part_type 0x00 -c /isolinux/boot.cat -b /isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e /boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus"),
    set("older Ubuntu guides", Genisoimage, "-D -r -V ATTENDLESS_UBUNTU -cache-inodes -J -l -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table"),
    set("livecd-rootfs isobuilder/boot/amd64.py", Xorriso, "-r -J -joliet-long -l -b boot/grub/i386-pc/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info --grub2-mbr @GRUB -append_partition 2 0xef @EFI -appended_part_as_gpt --mbr-force-bootable -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot -partition_offset 16 -V 'Ubuntu 26.04 LTS amd64'"),
    set("livecd-rootfs isobuilder/boot/arm64.py", Xorriso, "-r -J -joliet-long -l -c boot/boot.cat -append_partition 2 0xef @EFI -appended_part_as_gpt --mbr-force-bootable -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot -partition_offset 16 -V 'Ubuntu 26.04 LTS arm64'"),
    set("livecd-rootfs isobuilder/boot/s390x.py", Xorriso, "-r -J -no-emul-boot -b images/cdboot.img -V 'Ubuntu 26.04 LTS s390x'"),
    set("Desinfec't, weights behind the sources", Xorriso, "-graft-points -c isolinux/boot.cat -b isolinux/isolinux.bin -no-emul-boot -boot-info-table -boot-load-size 4 -isohybrid-mbr @MBR -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -V DESINFECT -r -J tree --sort-weight 0 / --sort-weight 2 /boot --sort-weight 1 /isolinux -graft-points more=boot1"),
    set("dell-recovery", Genisoimage, "-input-charset utf-8 -b isolinux/isolinux.bin -c isolinux/boot.catalog -no-emul-boot -boot-load-size 4 -boot-info-table -pad -r -J -joliet-long -N -hide-joliet-trans-tbl -cache-inodes -l -publisher 'Dell Inc.' -V 'Dell Ubuntu Reinstallation Media'"),

    // Fedora, Red Hat, SUSE
    files("lorax 99-generic/x86.tmpl", Xorriso, "-iso-level 3 -R -J -V Fedora-E-dvd-x86_64 --grub2-mbr @GRUB -partition_offset 16 -appended_part_as_gpt -append_partition 2 C12A7328-F81F-11D2-BA4B-00A0C93EC93B @EFI -iso_mbr_part_type EBD0A0A2-B9E5-4433-87C0-68B6B72699C7 -c boot.cat --boot-catalog-hide -b images/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot -graft-points", ".discinfo=tree/meta-data images/eltorito.img=tree/images/eltorito.img EFI/BOOT=tree/EFI/BOOT boot/grub=tree/docs"),
    files("lorax 99-generic/aarch64.tmpl", Xorriso, "-eltorito-alt-boot -e images/efiboot.img -no-emul-boot -R -J -V Fedora-S-dvd-aarch64 -graft-points", ".discinfo=tree/meta-data images=tree/images EFI/BOOT=tree/EFI/BOOT images/efiboot.img=tree/images/efiboot.img"),
    files("lorax 99-generic/ppc64le.tmpl", Xorriso, "-v -U -J -R -r -l -sysid PPC -A 'Fedora 40' -V Fedora-S-dvd-ppc64le -volset 40 -volset-size 1 -volset-seqno 1 -chrp-boot -graft-points", ".discinfo=tree/meta-data ppc=tree/docs boot/grub=tree/boot/grub"),
    files("lorax 99-generic/s390.tmpl", Xorriso, "-b images/cdboot.img -c images/boot.cat -boot-load-size 4 -no-emul-boot -R -J -V Fedora-S-dvd-s390x -graft-points", "generic.ins=tree/meta-data images=tree/images"),
    files("lorax mkksiso (35)", Xorriso, "-R -J -V Fedora-ks -joliet-long -isohybrid-mbr @MBR -b isolinux/isolinux.bin -c isolinux/boot.cat -boot-load-size 4 -boot-info-table -no-emul-boot -eltorito-alt-boot -e images/efiboot.img -no-emul-boot -isohybrid-gpt-basdat -eltorito-alt-boot -e images/macboot.img -no-emul-boot -isohybrid-gpt-hfsplus -graft-points", "isolinux=tree/isolinux images=tree/images ks.cfg=tree/meta-data"),
    files("lorax mkksiso (35), mkisofs", Genisoimage, "-R -J -V Fedora-ks -joliet-long -b isolinux/isolinux.bin -c isolinux/boot.cat -boot-load-size 4 -boot-info-table -no-emul-boot -eltorito-alt-boot -e images/efiboot.img -no-emul-boot -graft-points", "isolinux=tree/isolinux images=tree/images ks.cfg=tree/meta-data"),
    files("lorax mkksiso (35), mkisofs on aarch64", Genisoimage, "-R -J -V Fedora-ks -joliet-long -T -allow-limited-size -graft-points", "images=tree/images docs=tree/docs"),
    files("lorax tests/mkksiso", Xorriso, "-R -J -V Fedora-rawhide-test -graft-points", "isolinux=tree/isolinux images=tree/images"),
    set("coreos-assembler cmd-buildextend-live", Genisoimage, "-verbose -V fedora-coreos-40 -volset fedora-coreos-40.2024 -rational-rock -J -joliet-long -eltorito-boot isolinux/isolinux.bin -eltorito-catalog isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -efi-boot images/efiboot.img -no-emul-boot"),
    set("coreos-assembler cmd-buildextend-live on s390x", Xorriso, "-verbose -volid fedora-coreos-40 -volset fedora-coreos-40.2024 -rational-rock -J -joliet-long -no-emul-boot -eltorito-boot images/cdboot.img"),
    set("livecd-tools imgcreate/live.py", Genisoimage, "-J -r -hide-rr-moved -hide-joliet-trans-tbl -V Fedora-Live -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-info-table -boot-load-size 4 -eltorito-alt-boot -e images/efiboot.img -no-emul-boot"),
    set("Kickstart guides", Genisoimage, "-b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -V 'CentOS 7 x86_64' -R -J -v -T"),
    set("pungi (2007), x86", Genisoimage, "-v -U -J -R -T -m repoview -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table"),
    set("kiwi iso_tools/cdrtools.py", Genisoimage, "-A 0x1234 -publisher 'SUSE LINUX GmbH' -p 'KIWI - https://github.com/OSInside/kiwi' -V CDROM -iso-level 3 -udf -R -J -f -pad -joliet-long -sort sortfile -no-emul-boot -boot-load-size 4 -boot-info-table -hide boot/x86_64/boot.catalog -hide-joliet boot/x86_64/boot.catalog -b boot/x86_64/loader/isolinux.bin -c boot/x86_64/boot.catalog -eltorito-alt-boot -b boot/x86_64/efi -no-emul-boot -joliet-long -boot-load-size 2048"),
    set("openSUSE product builder", Genisoimage, "-r -pad -f -J -joliet-long -no-emul-boot -boot-load-size 4 -boot-info-table -hide glump -hide-joliet glump -no-emul-boot -b boot/x86_64/loader/isolinux.bin -publisher SUSE -A product -V CDROM"),
    set("revisor and conary's imagegen", Genisoimage, "-J -r -hide-rr-moved -hide-joliet-trans-tbl -V Live"),

    // Other systems
    set("archiso mkarchiso, BIOS and UEFI", Xorriso, "-iso-level 3 -full-iso9660-filenames -joliet -joliet-long -rational-rock -volid ARCH_202404 -appid 'Arch Linux Live/Rescue DVD' -publisher 'Arch Linux <https://archlinux.org>' -preparer 'prepared by mkarchiso' -eltorito-boot boot/syslinux/isolinux.bin -eltorito-catalog boot/syslinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -isohybrid-mbr @MBR --mbr-force-bootable -partition_offset 16 -append_partition 2 C12A7328-F81F-11D2-BA4B-00A0C93EC93B @EFI -isohybrid-gpt-basdat -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot"),
    set("xorriso's manual page, -appended_part_as_gpt beside -isohybrid-mbr", Xorriso, "-iso-level 3 -full-iso9660-filenames -joliet -joliet-long -rational-rock -volid ARCH_202404 -eltorito-boot boot/syslinux/isolinux.bin -eltorito-catalog boot/syslinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -isohybrid-mbr @MBR --mbr-force-bootable -partition_offset 16 -append_partition 2 C12A7328-F81F-11D2-BA4B-00A0C93EC93B @EFI -appended_part_as_gpt -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot"),
    set("archiso mkarchiso, UEFI", Xorriso, "-iso-level 3 -full-iso9660-filenames -joliet -joliet-long -rational-rock -volid ARCH_202404 -appid 'Arch Linux Live/Rescue DVD' -publisher 'Arch Linux' -preparer 'prepared by mkarchiso' -partition_offset 16 -append_partition 2 C12A7328-F81F-11D2-BA4B-00A0C93EC93B @EFI -appended_part_as_gpt -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot -eltorito-catalog EFI/boot.cat -no-pad"),
    set("archiso mkarchiso, UEFI from an appended partition in all tables", Xorriso, "-iso-level 3 -full-iso9660-filenames -joliet -rational-rock -volid ARCH -b boot/syslinux/isolinux.bin -c boot/syslinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -isohybrid-mbr @MBR -append_partition 2 0xef @EFI -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus"),
    set("xorriso's manual page, partition 1 appended", Xorriso, "-r -V ONE -append_partition 1 0x83 @EFI -appended_part_as_gpt -partition_offset 16"),
    set("archiso mkarchiso, BIOS", Xorriso, "-iso-level 3 -full-iso9660-filenames -joliet -joliet-long -rational-rock -volid ARCH_202404 -appid 'Arch Linux' -publisher 'Arch Linux' -preparer 'prepared by mkarchiso' -eltorito-boot boot/syslinux/isolinux.bin -eltorito-catalog boot/syslinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -isohybrid-mbr @MBR --mbr-force-bootable -partition_offset 16"),
    files("nixpkgs make-iso9660-image.sh", Xorriso, "-iso-level 3 -volid nixos-24.05-x86_64 -appid nixos -publisher nixos -graft-points -full-iso9660-filenames -joliet -eltorito-boot isolinux/isolinux.bin -eltorito-catalog .boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table --sort-weight 1 /isolinux -isohybrid-mbr @MBR -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -r -path-list pathlist --sort-weight 0 /", ""),
    set("void-mklive mklive.sh, x86_64", Xorriso, "-iso-level 3 -rock -joliet -joliet-long -max-iso9660-filenames -omit-period -omit-version-number -relaxed-filenames -allow-lowercase -volid VOID_LIVE -isohybrid-mbr @MBR -eltorito-boot boot/isolinux/isolinux.bin -eltorito-catalog boot/isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus"),
    set("void-mklive mklive.sh, aarch64", Xorriso, "-iso-level 3 -rock -joliet -joliet-long -max-iso9660-filenames -omit-period -omit-version-number -relaxed-filenames -allow-lowercase -volid VOID_LIVE -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -isohybrid-apm-hfsplus"),
    set("MassOS", Xorriso, "-iso-level 3 -d -J -N -R -max-iso9660-filenames -relaxed-filenames -allow-lowercase -V MASSOS_LIVE -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e images/efiboot.img -isohybrid-gpt-basdat -no-emul-boot -isohybrid-mbr @MBR"),
    set("Slackware isolinux/README.TXT", Xorriso, "-iso-level 3 -full-iso9660-filenames -R -J -A 'Slackware Install' -hide-rr-moved -v -d -N -eltorito-boot isolinux/isolinux.bin -eltorito-catalog isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -isohybrid-mbr @MBR -eltorito-alt-boot -e images/efiboot.img -no-emul-boot -isohybrid-gpt-basdat -m repoview -volid SlackDVD"),
    set("Plamo", Xorriso, "-isohybrid-mbr @MBR -c isolinux/boot.cat -b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e images/efiboot.img -no-emul-boot -isohybrid-gpt-basdat -append_partition 2 0xef tree/images/efiboot.img"),
    set("Limine doc: USAGE", Xorriso, "-R -r -J -b boot/limine-bios-cd.bin -no-emul-boot -boot-load-size 4 -boot-info-table --efi-boot boot/grub/efi.img -efi-boot-part --efi-boot-image --protective-msdos-label"),
    set("genode run/image/iso", Genisoimage, "-f -l -R -hide-rr-moved -jcharset utf-8 -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table"),
    set("GRUB legacy guides", Genisoimage, "-f -R -b boot/grub/stage2_eltorito -no-emul-boot -boot-load-size 4 -boot-info-table -hide-rr-moved -J -joliet-long"),
    set("Knoppix remastering, the file system", Genisoimage, "-R -L -allow-multidot -l -V 'KNOPPIX iso9660 filesystem' -hide-rr-moved -v"),
    set("Knoppix remastering, the disc", Genisoimage, "-pad -l -r -J -V KNOPPIX -no-emul-boot -boot-load-size 4 -boot-info-table -b boot/isolinux/isolinux.bin -c boot/isolinux/boot.cat -hide-rr-moved"),
    set("fll live-build scripts", Genisoimage, "-v -pad -l -r -J -V FLL -A 'FLL LIVE LINUX CD' -no-emul-boot -boot-load-size 4 -boot-info-table -hide-rr-moved -b boot/grub/stage2_eltorito -c boot/grub/boot.cat -sort globs"),
    set("MirBSD", Genisoimage, "-quiet -lRJ -b boot/floppy.img -c boot/boot.catalog"),
    files("illumos boot archives", Genisoimage, "-quiet -graft-points -dlrDJN -relaxed-filenames", "platform/kernel=tree/boot etc=tree/docs"),
    set("Bitcoin Core and Liana, disk images for macOS", Xorriso, "-D -l -V Liana -no-pad -r -dir-mode 0755"),
    files("K3b", Genisoimage, "-gui -graft-points -volid K3b -volset '' -appid 'K3B THE CD KREATOR' -publisher '' -preparer '' -sysid LINUX -volset-size 1 -volset-seqno 1 -sort globs -rational-rock -hide-list empty -joliet -joliet-long -hide-joliet-list empty -no-cache-inodes -udf -full-iso9660-filenames -iso-level 3 -path-list k3blist", ""),
    set("aports mkimg.base.sh, ISOLINUX and UEFI", Xorriso, "-quiet -full-iso9660-filenames -joliet -rational-rock -sysid LINUX -volid 'alpine-std 3.19 x86_64' -isohybrid-mbr @MBR -eltorito-boot boot/syslinux/isolinux.bin -eltorito-catalog boot/syslinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -isohybrid-gpt-basdat -follow-links"),
    set("aports mkimg.base.sh, UEFI", Xorriso, "-quiet -full-iso9660-filenames -joliet -rational-rock -sysid LINUX -volid 'alpine-std 3.19 aarch64' -efi-boot-part --efi-boot-image -e boot/grub/efi.img -no-emul-boot -follow-links"),
    set("aports mkimg.base.sh, s390x", Xorriso, "-quiet -full-iso9660-filenames -joliet -rational-rock -sysid LINUX -volid 'alpine-std 3.19 s390x' -follow-links -no-emul-boot -eltorito-boot images/cdboot.img"),
    set("buildroot iso9660.mk, BIOS", Xorriso, "-J -R -no-emul-boot -boot-load-size 4 -boot-info-table -b isolinux/isolinux.bin"),
    set("buildroot iso9660.mk, BIOS and UEFI", Xorriso, "-J -R -no-emul-boot -boot-load-size 4 -boot-info-table -b boot/grub/grub_eltorito --efi-boot boot/grub/efi.img"),
    set("openembedded-core image-live.bbclass", Genisoimage, "-V boot -b isolinux/isolinux.bin -c isolinux/boot.cat -r -no-emul-boot -boot-load-size 4 -boot-info-table -iso-level 3"),
    set("GRUB grub-mkrescue.c, BIOS", Xorriso, "--modification-date=2026010203040500 -b boot/grub/i386-pc/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info --grub2-mbr @GRUB --protective-msdos-label -r --sort-weight 0 / --sort-weight 1 /boot"),
    set("GRUB grub-mkrescue.c, UEFI", Xorriso, "--modification-date=2026010203040500 --efi-boot efi.img -efi-boot-part --efi-boot-image --protective-msdos-label -r --sort-weight 0 / --sort-weight 1 /boot"),
    set("GRUB grub-mkrescue.c, BIOS and UEFI", Xorriso, "--modification-date=2026010203040500 -b boot/grub/i386-pc/eltorito.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info --grub2-mbr @GRUB --efi-boot efi.img -efi-boot-part --efi-boot-image --protective-msdos-label -r --sort-weight 0 / --sort-weight 1 /boot"),
    set("systemrescue build-sysresccd", Xorriso, "-joliet -rock --modification-date=2026010203040500 -omit-version-number -disable-deep-relocation -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -e boot/grub/efi.img -no-emul-boot -V sysresc"),
    set("ipxe genfsimg", Genisoimage, "-quiet -volid iPXE -preparer 'iPXE build system' -appid 'iPXE - Open Source Network Boot Firmware' -publisher ipxe.org -sysid iPXE -l -J -R -c boot.cat -b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -no-emul-boot -e esp.img"),
    set("ipxe genfsimg, xorrisofs", Xorriso, "-quiet -volid iPXE -preparer 'iPXE build system' -appid iPXE -publisher ipxe.org -sysid iPXE -l -J -R -c boot.cat -b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table -eltorito-alt-boot -no-emul-boot -e esp.img --set_all_file_dates 2026010203040500 --modification-date=2026010203040500 -isohybrid-gpt-basdat"),
    set("pandora live", Xorriso, "-r -J --joliet-long -partition_offset 16 -c boot/syslinux/boot.cat -b boot/syslinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table"),
    set("FreeBSD live, as mfsBSD's makefiles", Genisoimage, "-b boot/cdboot -no-emul-boot -l -ldots -allow-lowercase -allow-multidot -hide boot.catalog -hide-joliet boot.catalog -R -J -V Live_FreeBSD"),
    set("GhostBSD", Genisoimage, "-iso-level 4 -R -l -ldots -allow-lowercase -allow-multidot -V GhostBSD -no-emul-boot -b boot/cdboot"),
    set("Solaris guides", Genisoimage, "-b boot/grub/grub_eltorito -c .catalog -no-emul-boot -boot-load-size 4 -boot-info-table -relaxed-filenames -l -ldots -r -N -d -D -V VOLUME_NAME"),
    set("floppy images", Genisoimage, "-b boot/floppy.img -c boot/boot.cat -R"),

    // Windows
    files("dockur/windows, legacy", Genisoimage, "-b boot/etfsboot.com -no-emul-boot -boot-load-seg 1984 -boot-load-size 4 -c boot.cat -iso-level 2 -J -l -D -N -joliet-long -relaxed-filenames -V WINXP -quiet", "windows"),
    files("Windows 11 guides, xorriso", Xorriso, "-iso-level 4 -J -joliet-long -R -V WIN11 -b boot/etfsboot.com -no-emul-boot -boot-load-size 8 -eltorito-alt-boot -eltorito-platform efi -e efi/microsoft/boot/efisys.bin -no-emul-boot", "windows"),
    files("dockur/windows", Genisoimage, "-b boot/etfsboot.com -no-emul-boot -c boot.cat -iso-level 4 -J -l -D -N -joliet-long -relaxed-filenames -V WIN11 -udf -boot-info-table -eltorito-alt-boot -eltorito-boot efi/microsoft/boot/efisys.bin -no-emul-boot -allow-limited-size -quiet", "windows"),
    files("Windows 10 guides", Genisoimage, "-bboot/etfsboot.com -no-emul-boot -boot-load-seg 1984 -boot-load-size 8 -iso-level 2 -J -l -D -N -joliet-long -allow-limited-size -relaxed-filenames -V WIN10", "windows"),
    files("Windows Server 2003 guides", Genisoimage, "-b boot/etfsboot.com -c boot.catalog -hide boot.catalog -no-emul-boot -boot-load-seg 1984 -boot-load-size 4 -iso-level 2 -J -l -D -N -joliet-long -quiet -relaxed-filenames -V WIN2K3", "windows"),
    files("Windows, from UDF", Genisoimage, "-udf -b boot/etfsboot.com -no-emul-boot -hide boot/etfsboot.com -relaxed-filenames -joliet-long -D", "windows"),
];
