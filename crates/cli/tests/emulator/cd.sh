# CD-R and CD-RW. $K: the kind.
disc $K.1
step sg_inq sg_inq /dev/sr0
# What the drive says of itself: page 2Ah as wodim understands it, and as we do.
step drives "$F" drives; cp "$S/log" "$S/ours"
step prcap wodim dev=/dev/sr0 -prcap; cp "$S/log" "$S/theirs"
for medium in CD-R CD-RW DVD-R DVD-RAM; do
  grep -q "Does write $medium media" "$S/theirs" || fail "wodim: $medium"
  grep -qE "writes  .* $medium[, ]" "$S/ours" || { cat "$S/ours"; fail "drives: $medium"; }
done
number() { sed -n "s/.*$1: *\([0-9]*\).*/\1/p" "$S/theirs"; }
speeds=$(number 'Write speed # *[0-9]*' | paste -sd, | sed 's/,/, /g')
for line in "write speeds   $speeds kB/s" "reads $(number 'Maximum read  speed') kB/s" \
  "writes $(number 'Maximum write speed') kB/s" "buffer $(number 'Buffer size in KB') KiB"; do
  grep -q "$line" "$S/ours" || { cat "$S/ours"; fail "drives: no $line"; }
done
step wodim wodim dev=/dev/sr0 "$S/image"
same wodim "$S/image"
step cd-info cd-info --no-device-info /dev/sr0

disc $K.2
traced wodim wodim dev=/dev/sr0 -tao -multi "$S/image"
traced wodim-append wodim dev=/dev/sr0 -tao "$S/image"
same wodim-append "$S/image"

disc $K.3
traced cdrskin-at-once cdrskin dev=/dev/sr0 "$S/image"
same cdrskin "$S/image"

disc $K.4
traced xorriso-at-once xorriso -outdev /dev/sr0 -map "$S/first" / -commit
traced xorriso-append xorriso -dev /dev/sr0 -map "$S/second" / -commit
holds xorriso "$S/first" "$S/second"
room xorriso

disc $K.5
step xorriso-cdrecord xorriso -as cdrecord dev=/dev/sr0 "$S/image"
same xorriso-cdrecord "$S/image"

disc $K.6
room blank
traced fsimage "$F" burn --drive /dev/sr0 --quiet "$S/first"
traced fsimage-append "$F" burn --drive /dev/sr0 --quiet "$S/second" "$S/far"
holds fsimage "$S/first" "$S/second" "$S/far"
room fsimage

disc $K.7
traced fsimage-at-once "$F" burn --at-once --drive /dev/sr0 --quiet "$S/first"
holds fsimage-at-once "$S/first"

# Files as they are, two tracks of one session. An image for sector 0 is none for the second.
disc $K.8
step fsimage-write "$F" drive write --drive /dev/sr0 --quiet "$S/image"
step fsimage-write "$F" drive write --drive /dev/sr0 --quiet --close --verify "$S/one.wav"
same fsimage-write "$S/image"
step cd-info cd-info --no-device-info /dev/sr0
[ "$(grep -cE '^ *[12]: .* data ' "$S/log")" = 2 ] || { cat "$S/log"; fail "fsimage-write: tracks"; }

[ $K = cd-rw ] || exit 0
step wodim-blank wodim dev=/dev/sr0 blank=fast
step cdrskin-again cdrskin dev=/dev/sr0 "$S/image"
same cdrskin-again "$S/image"
step cdrskin-blank cdrskin dev=/dev/sr0 blank=all
step xorriso-again xorriso -outdev /dev/sr0 -map "$S/first" / -commit
step xorriso-blank xorriso -outdev /dev/sr0 -blank as_needed
step fsimage-blank "$F" drive blank --drive /dev/sr0
