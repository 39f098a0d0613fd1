# What the scripts of all media use. The test sets S (a folder shared with the host), F (fsimage), MKISOFS.
# A step that fails ends the script, with what the program said.

# Programs that came with the virtual machine have their libraries there, too.
[ -z "$BURN_TARGET_LIBS" ] || export LD_LIBRARY_PATH="$BURN_TARGET_LIBS"

fail() { echo "FAILED $*"; exit 1; }

# disc NAME: a blank medium, or the one that had the name before. The host changes it.
disc() {
  touch "$S/want-$1"; n=0
  while [ ! -s "$S/have-$1" ]; do
    n=$((n + 1)); [ $n -lt 600 ] || fail "disc $1: no answer"
    sleep 0.1
  done
  grep -q '^ok' "$S/have-$1" || fail "disc $1: $(cat "$S/have-$1")"
  rm "$S/have-$1"
}

# faulty [FAULT]: the drive has it from now on, or none any more.
faulty() {
  echo "$1" >"$S/new-fault"; mv "$S/new-fault" "$S/fault"; n=0
  while [ -e "$S/fault" ]; do
    n=$((n + 1)); [ $n -lt 600 ] || fail "faulty $1: no answer"
    sleep 0.1
  done
}

# step NAME COMMAND...
step() {
  what=$1; shift
  "$@" >"$S/log" 2>&1 </dev/null || { tail -n 15 "$S/log"; fail "$what"; }
  echo "$what: done"
}

# traced NAME COMMAND...: a step whose commands the test compares, between two marks in their list.
traced() {
  echo "$1" >>"$S/traced"
  mark; step "$@"; mark
}

# INQUIRY with a byte of control that nobody else uses.
mark() { sg_raw --request=36 /dev/sg0 12 00 00 00 24 40 >"$S/log" 2>&1 || { cat "$S/log"; fail mark; }; }

# The kernel looks at a medium when it comes, not when it was written.
reload() { step reload sg_start --eject /dev/sr0; step reload sg_start --load /dev/sr0; }

# same NAME IMAGE: the medium begins with it, read by the sg driver. A CD recorded at once ends in two sectors that
# nobody can read, and the block layer reads pages.
same() {
  sg_dd if=/dev/sg0 of="$S/back" bs=2048 bpt=16 count=$(($(stat -c %s "$2") / 2048)) >"$S/log" 2>&1 ||
    { cat "$S/log"; fail "$1: cannot be read"; }
  cmp "$S/back" "$2" || fail "$1: differs"
  echo "$1: same"
}

# holds NAME FOLDER...: mounted by the kernel, it has the files of these folders and no others.
holds() {
  name=$1; shift
  reload
  mkdir -p /m; mount -t iso9660 -o ro /dev/sr0 /m || fail "$name: no mount"
  for folder in "$@"; do (cd "$folder" && find . -type f -exec cmp {} /m/{} \;) >"$S/log" 2>&1; done
  [ -s "$S/log" ] && { cat "$S/log"; fail "$name: differs"; }
  [ "$(find /m -type f | wc -l)" = "$(find "$@" -type f | wc -l)" ] || { find /m; fail "$name: other files"; }
  umount /m
  echo "$name: holds $#"
}

# whole NAME: the kernel reads all that is recorded.
whole() { step "$1-whole" dd if=/dev/sr0 of=/dev/null bs=64k; }

# The kernel has nothing to complain about, since the last time.
quiet() {
  dmesg -c | grep -E 'sr0|sr 0|I/O error|iso9660|isofs' |
    grep -vE 'Attached|scsi3-mmc drive|Power-on|Mounting|ISO 9660 Extensions' >"$S/log"
  [ -s "$S/log" ] && { cat "$S/log"; fail "$1: the kernel complains"; }
  echo "$1: quiet"
}

# room NAME: what is free is the same for us, xorriso, and on DVD and BD dvd+rw-mediainfo, where it tells. Of a BD-RE that
# is not formatted, xorriso counts the spare areas too.
room() {
  step room "$F" drives
  ours=$(sed -n 's/.*capacity .* sectors, \([0-9]*\) free.*/\1/p' "$S/log")
  step room xorriso -outdev /dev/sr0 -tell_media_space
  theirs=$(sed -n 's/^Media space *: *\([0-9]*\)s.*/\1/p' "$S/log")
  others=$(dvd+rw-mediainfo /dev/sr0 2>&1 | sed -n 's/^ *Free Blocks: *\([1-9][0-9]*\)\*2KB.*/\1/p' | tail -n 1)
  said="fsimage $ours, xorriso $theirs, dvd+rw-mediainfo ${others:-nothing}"
  case "$1 $K" in
  "blank bd-re"*) [ "$ours" -lt "$theirs" ] || fail "$1: room: $said" ;;
  *) [ "$ours" = "$theirs" ] || fail "$1: room: $said" ;;
  esac
  [ "${others:-$ours}" = "$ours" ] || fail "$1: room: $said"
  echo "$1: room: $said"
}
