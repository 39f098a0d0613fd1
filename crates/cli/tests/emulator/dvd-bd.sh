# DVD and BD of all kinds. $K: the kind.
disc $K.1
step mediainfo dvd+rw-mediainfo /dev/sr0
case $K in dvd+rw | bd-re) step format dvd+rw-format -force /dev/sr0 ;; esac
step growisofs growisofs -Z /dev/sr0="$S/image"
same growisofs "$S/image"
step mediainfo dvd+rw-mediainfo /dev/sr0
# growisofs leaves the session of a BD-R with pseudo-overwrite open: there is no table of contents.
[ $K = bd-r ] || step cd-info cd-info --no-device-info /dev/sr0
quiet growisofs

disc $K.2
step growisofs-tree growisofs -Z /dev/sr0 -r "$S/first"
holds growisofs-tree "$S/first"
step growisofs-append growisofs -M /dev/sr0 -r "$S/second"
holds growisofs-append "$S/first" "$S/second"
quiet growisofs-append

disc $K.3
# On its own cdrskin formats a DVD+RW only.
case $K in bd-re) step format dvd+rw-format -force /dev/sr0 ;; esac
step cdrskin cdrskin dev=/dev/sr0 "$S/image"
same cdrskin "$S/image"
quiet cdrskin

disc $K.4
step xorriso xorriso -outdev /dev/sr0 -map "$S/first" / -commit
step xorriso-append xorriso -dev /dev/sr0 -map "$S/second" / -commit
holds xorriso "$S/first" "$S/second"
quiet xorriso

disc $K.5
step fsimage "$F" burn --drive /dev/sr0 --quiet "$S/first"
step fsimage-append "$F" burn --drive /dev/sr0 --quiet "$S/second"
holds fsimage "$S/first" "$S/second"
quiet fsimage

case $K in
dvd-r | dvd-rw | dvd-r-dl | dvd+r | dvd+r-dl)
  disc $K.6
  step wodim wodim dev=/dev/sr0 "$S/image"
  same wodim "$S/image"
  ;;
esac
case $K in
dvd-rw)
  step xorriso-blank xorriso -outdev /dev/sr0 -blank all
  step xorriso-format xorriso -outdev /dev/sr0 -format full
  step growisofs-overwrite growisofs -Z /dev/sr0="$S/image"
  same growisofs-overwrite "$S/image"
  step blank dvd+rw-format -blank /dev/sr0
  step format dvd+rw-format -force /dev/sr0
  step growisofs-quick growisofs -Z /dev/sr0 -r "$S/first"
  holds growisofs-quick "$S/first"
  step blank dvd+rw-format -blank /dev/sr0
  step format dvd+rw-format -force /dev/sr0
  step xorriso-quick xorriso -outdev /dev/sr0 -map "$S/first" / -commit
  step xorriso-quick xorriso -dev /dev/sr0 -map "$S/second" / -commit
  holds xorriso-quick "$S/first" "$S/second"
  step xorriso-blank xorriso -outdev /dev/sr0 -blank all
  step xorriso-format xorriso -outdev /dev/sr0 -format fast
  step xorriso-fast xorriso -outdev /dev/sr0 -map "$S/first" / -commit
  holds xorriso-fast "$S/first"
  ;;
esac
