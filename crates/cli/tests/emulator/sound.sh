# Sound on CD-R and CD-RW. $K: the kind. cdrdao reads what the others recorded, with all that subchannels tell.
album() {
  cat >"$S/album.toc" <<T
CD_DA
CATALOG "4006381333931"
CD_TEXT { LANGUAGE_MAP { 0: 9 } LANGUAGE 0 { TITLE "Album" PERFORMER "Band" } }
TRACK AUDIO
COPY
ISRC "DEABC2300001"
CD_TEXT { LANGUAGE 0 { TITLE "First" PERFORMER "Band" } }
FILE "$S/one.wav" 0
INDEX 0:3:0
TRACK AUDIO
CD_TEXT { LANGUAGE 0 { TITLE "Second" PERFORMER "Band" } }
PREGAP 0:2:0
FILE "$S/two.wav" 0
T
  cat >"$S/album.cue" <<T
CATALOG 4006381333931
TITLE "Album"
PERFORMER "Band"
FILE "one.wav" WAVE
  TRACK 01 AUDIO
    TITLE "First"
    PERFORMER "Band"
    FLAGS DCP
    ISRC DEABC2300001
    INDEX 01 00:00:00
    INDEX 02 00:03:00
FILE "two.wav" WAVE
  TRACK 02 AUDIO
    TITLE "Second"
    PERFORMER "Band"
    PREGAP 00:02:00
    INDEX 01 00:00:00
T
  cat >"$S/album.v07t" <<T
Input Sheet Version = 0.7T
Album Title = Album
Artist Name = Band
UPC / EAN = 4006381333931
Track 01 Title = First
ISRC 01 = DEABC2300001
Track 02 Title = Second
T
  cat >"$S/mixed.toc" <<T
CD_ROM
TRACK MODE1
DATAFILE "$S/image"
TRACK AUDIO
PREGAP 0:2:0
FILE "$S/one.wav" 0
T
}

# sounds NAME: reads the disc into back.bin, sector 0 first, and back.toc.
sounds() {
  rm -f "$S/back.bin" "$S/back.toc"
  step "$1-read" cdrdao read-cd --driver generic-mmc --paranoia-mode 0 --read-raw --device /dev/sr0 \
    --datafile "$S/back.bin" "$S/back.toc"
}

# sound NAME SECTOR FILE...: from that sector of back.bin on there are these files, and nothing between them.
sound() {
  name=$1; at=$(($2 * 2352)); shift 2
  dd if="$S/back.bin" of="$S/back.pcm" conv=swab bs=64k >"$S/log" 2>&1 || fail "$name: $(cat "$S/log")"
  for file in "$@"; do
    size=$(stat -c %s "$file")
    cmp -i "$at:0" -n "$size" "$S/back.pcm" "$file" || fail "$name: $file differs"
    at=$((at + size))
  done
  echo "$name: sounds $#"
}

# tells NAME WORDS...: each is in back.toc, or in what cd-info says.
tells() {
  name=$1; shift
  cd-info --no-device-info /dev/sr0 >"$S/log" 2>&1 || { cat "$S/log"; fail "$name: cd-info"; }
  cat "$S/back.toc" >>"$S/log"
  for words in "$@"; do grep -q -- "$words" "$S/log" || { cat "$S/log"; fail "$name: no $words"; }; done
  echo "$name: tells $#"
}

album
one=$S/one.pcm two=$S/two.pcm
# Sectors of the first track. Recorded by itself it has 2 of run-out behind it, and 150 of pregap follow.
first=$(($(stat -c %s "$one") / 2352)); apart=$((first + 152)) pregap=$((first + 150))
NUMBER='CATALOG "4006381333931"' CODE='ISRC "DEABC2300001"'

if [ $K = cd-rw ]; then
  disc $K.1
  step wodim-tao wodim dev=/dev/sr0 -audio -tao "$S/one.wav" "$S/two.wav"
  sounds wodim-tao; sound wodim-tao 0 "$one"; sound wodim-tao $apart "$two"
  step cdrdao-blank cdrdao blank --device /dev/sr0
  traced cdrdao-sound-at-once cdrdao write -n --device /dev/sr0 "$S/album.toc"
  sounds cdrdao; sound cdrdao 0 "$one"; tells cdrdao "$NUMBER" "$CODE" 'INDEX 00:03:00'
  step fsimage-blank "$F" drive blank --drive /dev/sr0
  traced fsimage-sound-at-once "$F" audio --drive /dev/sr0 --quiet --verify "$S/album.cue"
  sounds fsimage; sound fsimage 0 "$one"; tells fsimage "$NUMBER" "$CODE" 'INDEX 00:03:00' 'TITLE: Album'
  step wodim-blank wodim dev=/dev/sr0 blank=fast
  traced cdrskin-sound-at-once cdrskin dev=/dev/sr0 -audio -sao "$S/one.wav" "$S/two.wav"
  sounds cdrskin; sound cdrskin 0 "$one" "$two"
  exit 0
fi

disc $K.1
traced wodim-sound-track-at-once wodim dev=/dev/sr0 -audio -tao "$S/one.wav" "$S/two.wav"
sounds wodim-tao; sound wodim-tao 0 "$one"; sound wodim-tao $apart "$two"

disc $K.2
traced wodim-sound-at-once wodim dev=/dev/sr0 -audio -dao "$S/one.wav" "$S/two.wav"
sounds wodim-dao; sound wodim-dao 0 "$one" "$two"

disc $K.3
traced wodim-sound-raw wodim dev=/dev/sr0 -audio -raw96r "$S/one.wav" "$S/two.wav"
sounds wodim-raw; sound wodim-raw 0 "$one" "$two"

# The same by cdrdao and by us; the test compares what all three sent, subchannel Q included.
disc $K.cdrdao-raw
printf 'CD_DA\nTRACK AUDIO\nFILE "%s" 0\nTRACK AUDIO\nFILE "%s" 0\n' "$S/one.wav" "$S/two.wav" >"$S/plain.toc"
step cdrdao-plain cdrdao write -n --driver generic-mmc-raw --device /dev/sr0 "$S/plain.toc"
disc $K.raw
printf 'FILE "one.wav" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nFILE "two.wav" WAVE\nTRACK 02 AUDIO\nINDEX 01 00:00:00\n' \
  >"$S/plain.cue"
step fsimage-plain "$F" audio --drive /dev/sr0 --quiet --write raw "$S/plain.cue"
sounds fsimage-plain; sound fsimage-plain 0 "$one" "$two"

# Data come scrambled, with codes of wodim's own.
disc $K.raw-data
step wodim-raw-data wodim dev=/dev/sr0 -data -raw96r "$S/image"
same wodim-raw-data "$S/image"
sounds wodim-raw-data; cp "$S/back.bin" "$S/codes.bin"
step wodim-codes "$F" verify "$S/codes.bin"

disc $K.4
traced cdrskin-sound-track-at-once cdrskin dev=/dev/sr0 -audio -tao "$S/one.wav" "$S/two.wav"
sounds cdrskin-tao; sound cdrskin-tao 0 "$one"; sound cdrskin-tao $apart "$two"

disc $K.5
traced cdrskin-sound-at-once cdrskin dev=/dev/sr0 -audio -sao input_sheet_v07t="$S/album.v07t" "$S/one.wav" "$S/two.wav"
sounds cdrskin-sao; sound cdrskin-sao 0 "$one" "$two"
tells cdrskin-sao 'TITLE: Album' 'TITLE: First' 'TITLE: Second' "$NUMBER" "$CODE"

# 10h: the driver's option for CD-TEXT.
for way in at-once:generic-mmc:0x10 raw:generic-mmc-raw; do
  disc $K.cdrdao-$way
  traced cdrdao-sound-${way%%:*} cdrdao write -n --driver ${way#*:} --device /dev/sr0 "$S/album.toc"
  sounds cdrdao; sound cdrdao 0 "$one"; sound cdrdao $pregap "$two"
  tells cdrdao 'TITLE: Album' 'TITLE: First' 'TITLE: Second' "$NUMBER" "$CODE" 'INDEX 00:03:00'
done

for way in at-once raw track-at-once; do
  disc $K.fsimage-$way
  traced fsimage-sound-$way "$F" audio --drive /dev/sr0 --quiet --write $way --verify "$S/album.cue"
  sounds fsimage-$way; sound fsimage-$way 0 "$one"
  case $way in track-at-once)
    sound fsimage-$way $apart "$two"
    tells fsimage-$way "$NUMBER" "$CODE"
    continue
    ;;
  esac
  sound fsimage-$way $pregap "$two"
  tells fsimage-$way 'TITLE: Album' 'TITLE: First' 'TITLE: Second' "$NUMBER" "$CODE" 'INDEX 00:03:00'
done

# Data, then sound. wodim puts 255 sectors between them, of which cdrdao leaves out 150.
data=$(($(stat -c %s "$S/image") / 2048))
disc $K.mixed-1
step wodim-mixed wodim dev=/dev/sr0 -dao -data "$S/image" -audio "$S/one.wav"
same wodim-mixed "$S/image"
sounds wodim-mixed
# The codes that the simulated drive made of the same data.
cmp -n $((data * 2352)) "$S/back.bin" "$S/codes.bin" || fail "wodim-mixed: other codes"
sound wodim-mixed $((data + 105)) "$one"; tells wodim-mixed 'mixed mode CD'

disc $K.mixed-2
step cdrdao-mixed cdrdao write -n --device /dev/sr0 "$S/mixed.toc"
same cdrdao-mixed "$S/image"
sounds cdrdao-mixed; sound cdrdao-mixed $data "$one"; tells cdrdao-mixed 'mixed mode CD'

# Sound, then data in a session of their own.
disc $K.extra
step wodim-extra wodim dev=/dev/sr0 -tao -multi -audio "$S/one.wav"
step fsimage-extra "$F" burn --drive /dev/sr0 --quiet "$S/first"
sounds wodim-extra; sound wodim-extra 0 "$one"; tells wodim-extra 'CD-Plus/Extra'
holds wodim-extra "$S/first"
