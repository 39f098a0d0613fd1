# DVD and BD of all kinds. $K: the kind.
# What cdrskin and wodim do by default.
case $K in dvd-r | dvd-rw | dvd-r-dl) once=-at-once ;; *) once= ;; esac
disc $K.1
room blank
step mediainfo dvd+rw-mediainfo /dev/sr0
case $K in dvd+rw | bd-re*) step format dvd+rw-format -force /dev/sr0 ;; esac
step growisofs growisofs -Z /dev/sr0="$S/image"
same growisofs "$S/image"
step mediainfo dvd+rw-mediainfo /dev/sr0
# growisofs leaves the session of a BD-R with pseudo-overwrite open: there is no table of contents.
case $K in bd-r | bd-r-*) ;; *) step cd-info cd-info --no-device-info /dev/sr0 ;; esac
quiet growisofs

disc $K.2
traced growisofs growisofs -Z /dev/sr0 -r "$S/first"
holds growisofs "$S/first"
if [ $K = dvd-r-dl ]; then
  # growisofs finalises it.
  growisofs -M /dev/sr0 -r "$S/second" >"$S/log" 2>&1 && fail "growisofs-append: something was recorded"
  grep -q 'not appendable' "$S/log" || { cat "$S/log"; fail growisofs-append; }
else
  traced growisofs-append growisofs -M /dev/sr0 -r "$S/second"
  holds growisofs-append "$S/first" "$S/second"
  # What replaces a cluster of a BD-R is among it; on other media there are gaps between sessions.
  case $K in bd-r | bd-r-*) whole growisofs-append ;; esac
fi
quiet growisofs-append

disc $K.3
# On its own cdrskin formats a DVD+RW only.
case $K in bd-re*) step format dvd+rw-format -force /dev/sr0 ;; esac
traced cdrskin$once cdrskin dev=/dev/sr0 "$S/image"
same cdrskin "$S/image"
quiet cdrskin

disc $K.4
if [ $K = dvd-r-dl ]; then
  traced xorriso-at-once xorriso -outdev /dev/sr0 -close on -map "$S/first" / -commit
  holds xorriso "$S/first"
else
  traced xorriso xorriso -outdev /dev/sr0 -map "$S/first" / -commit
  traced xorriso-append xorriso -dev /dev/sr0 -map "$S/second" / -commit
  holds xorriso "$S/first" "$S/second"
fi
room xorriso
quiet xorriso

disc $K.5
traced fsimage "$F" burn --drive /dev/sr0 --quiet "$S/first"
traced fsimage-append "$F" burn --drive /dev/sr0 --quiet "$S/second" "$S/far"
holds fsimage "$S/first" "$S/second" "$S/far"
room fsimage
quiet fsimage
# What the drive recovered comes with its sense data, through the kernel as well.
faulty recovered:code=28,asc=18/02
step fsimage-recovered "$F" verify /dev/sr0
"$F" cat /dev/sr0 one | cmp - "$S/first/one" || fail "fsimage-recovered: differs"
faulty
# The kernel reads as well, and logs each.
dmesg -c >"$S/log"

# An image as it is; and into a track that was reserved, which dvd+rw-mediainfo sees.
disc $K.ready
step fsimage-write "$F" drive write --drive /dev/sr0 --quiet --close --verify "$S/image"
same fsimage-write "$S/image"
holds fsimage-write "$S/first"
case $K in
dvd+rw | dvd-ram | bd-re*) ;;
*)
  disc $K.reserved
  step reserve "$F" drive reserve --drive /dev/sr0 --quiet 6400
  step mediainfo dvd+rw-mediainfo /dev/sr0
  grep -q 'Track State: *.*reserved' "$S/log" || { cat "$S/log"; fail reserve; }
  step fsimage-behind "$F" drive write --drive /dev/sr0 --quiet "$S/one.wav"
  step fsimage-reserved "$F" drive write --drive /dev/sr0 --quiet --track 1 --close "$S/image"
  same fsimage-reserved "$S/image"
  holds fsimage-reserved "$S/first"
  ;;
esac
quiet fsimage-write

if [ -n "$once" ]; then
  disc $K.once
  traced fsimage-at-once "$F" burn --at-once --drive /dev/sr0 --quiet "$S/first"
  holds fsimage-at-once "$S/first"
  quiet fsimage-at-once
fi

if [ $K = bd-r ]; then
  # In turn, with pseudo-overwrite: each goes on from what the head tells, and the other's sessions stay.
  in_turn() {
    all=
    for n in 1 2 3; do
      for program in "$@"; do
        mkdir "$S/$1-$program-$n"; all="$all $S/$1-$program-$n"
        echo "$program $n" >"$S/$1-$program-$n/from $program $n"
        how=-M; [ "$program $n" = "$1 1" ] && how=-Z
        case $program in
        growisofs) step growisofs-$1-$n growisofs $how /dev/sr0 -r "$S/$1-$program-$n" ;;
        fsimage) step fsimage-$1-$n "$F" burn --drive /dev/sr0 --quiet --verify "$S/$1-$program-$n" ;;
        esac
        holds $program-$1-$n $all
      done
    done
    "$F" ls /dev/sr0 >"$S/log" 2>&1 || { cat "$S/log"; fail "$1-first: cannot be read"; }
    [ "$(grep -c from "$S/log")" = 6 ] || { cat "$S/log"; fail "$1-first: other files"; }
    # growisofs keeps no copy of the head, but what replaced it lies in front of what comes next.
    for n in 1 2 3 4 5 6; do
      [ "$("$F" ls --session $n /dev/sr0 | grep -c from)" = $n ] || fail "$1-first: session $n"
    done
    whole $1-first
    quiet $1-first
  }
  disc $K.growisofs-first
  in_turn growisofs fsimage
  disc $K.fsimage-first
  step format "$F" drive format --pseudo-overwrite --drive /dev/sr0 --quiet
  in_turn fsimage growisofs
fi
case $K in
dvd-r | dvd-rw | dvd-r-dl | dvd+r | dvd+r-dl)
  disc $K.6
  traced wodim$once wodim dev=/dev/sr0 "$S/image"
  same wodim "$S/image"
  ;;
esac
case $K in
dvd-rw)
  step xorriso-blank xorriso -outdev /dev/sr0 -blank all
  step xorriso-format xorriso -outdev /dev/sr0 -format full
  step growisofs-full growisofs -Z /dev/sr0="$S/image"
  same growisofs-full "$S/image"
  step blank dvd+rw-format -blank /dev/sr0
  step format dvd+rw-format -force /dev/sr0
  traced growisofs-overwrite growisofs -Z /dev/sr0 -r "$S/first"
  holds growisofs-overwrite "$S/first"
  step blank dvd+rw-format -blank /dev/sr0
  step format dvd+rw-format -force /dev/sr0
  traced xorriso-overwrite xorriso -outdev /dev/sr0 -map "$S/first" / -commit
  step xorriso-quick xorriso -dev /dev/sr0 -map "$S/second" / -commit
  holds xorriso-quick "$S/first" "$S/second"
  step blank dvd+rw-format -blank /dev/sr0
  step format dvd+rw-format -force /dev/sr0
  traced fsimage-overwrite "$F" burn --drive /dev/sr0 --quiet "$S/first"
  holds fsimage-overwrite "$S/first"
  step xorriso-blank xorriso -outdev /dev/sr0 -blank all
  step xorriso-format xorriso -outdev /dev/sr0 -format fast
  step xorriso-fast xorriso -outdev /dev/sr0 -map "$S/first" / -commit
  holds xorriso-fast "$S/first"
  ;;
esac
