#!/bin/sh
# check-avx512.sh BUILD: proves the AVX-512 kernels of BUILD on a CPU that need not have AVX-512. Bochs emulates an Ice
# Lake and boots LINUX (default: build/linux/vmlinuz, see linux.sh) with nothing but busybox and the tests. This script
# judges what they write to the serial port: every AVX-512 kernel that BUILD lists must have passed. It needs one core
# and some minutes, no root and no network; it gives up after LIMIT seconds. KNNMARK_KERNEL, a pattern, selects kernels;
# KNNMARK_SEED repeats a run. The speed of an emulator means nothing.
set -eu
build=$1 linux=${LINUX:-build/linux/vmlinuz} limit=${LIMIT:-1500} pattern=${KNNMARK_KERNEL:-*_avx512*}
work=$build/check-avx512 serial=$build/check-avx512/serial
seed=${KNNMARK_SEED:-$(($(date +%s) % 1000000))}
tests="test_avxvnni test_kernels"

fail() {
    echo "check-avx512: $*" >&2
    exit 1
}

for file in /usr/bin/bochs /usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so /usr/share/bochs/BIOS-bochs-latest \
    /usr/share/vgabios/vgabios.bin /usr/bin/xorriso /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 /bin/busybox; do
    [ -e "$file" ] || fail "no $file here: install bochs bochs-term bochsbios vgabios xorriso isolinux syslinux-common busybox-static (make deps-dev)"
done
[ -r "$linux" ] || fail "no Linux kernel in $linux: fetch one by make deps-dev, or name one by LINUX=<file>"
kernels=""
for kernel in $("$build/knnmark" kernels | awk '$1 ~ /_avx512/ { print $1 }'); do
    # shellcheck disable=SC2254 # a pattern
    case $kernel in $pattern) kernels="$kernels $kernel" ;; esac
done
[ -n "$kernels" ] || fail "$build/knnmark has no AVX-512 kernel $pattern: a compiler without AVX-512, no build for x86-64, or a wrong pattern"

# -- the machine's CD: boot loader, kernel, and an initial file system with the tests ---------------------------------

rm -rf "$work"
mkdir -p "$work/root/bin" "$work/root/proc" "$work/root/dev" "$work/root/tests" "$work/cd"
cp /bin/busybox "$work/root/bin/"
for test in $tests; do
    strip -o "$work/root/tests/$test" "$build/tests/kernels/$test"
    ldd "$build/tests/kernels/$test" | grep -o '/[^ ]*' | xargs -I{} cp -L --parents {} "$work/root"
done
cat >"$work/root/init" <<END
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs devtmpfs /dev
exec >/dev/ttyS0 2>&1 </dev/null
export KNNMARK_KERNEL='$pattern' KNNMARK_SHAPES=few KNNMARK_SEED=$seed
echo "== booted"
for test in $tests; do
    /tests/\$test
    echo "== \$test ended with status \$?"
done
echo "== end"
/bin/busybox sleep 1000000 # ended from outside: a machine that powers off can lose the last line
END
chmod +x "$work/root/init"
(cd "$work/root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$work/cd/initrd"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$work/cd/"
cp "$linux" "$work/cd/vmlinuz"
# Bochs's fsrm hangs Linux early; with the others it finds the state that XSAVE saves inconsistent.
cat >"$work/cd/isolinux.cfg" <<'END'
default linux
prompt 0
label linux
 kernel /vmlinuz
 append initrd=/initrd console=ttyS0,115200 clearcpuid=fsrm,pku,xsavec,xsaves mitigations=off nokaslr lsm=capability nowatchdog panic=-1 loglevel=4
END
xorriso -as mkisofs -quiet -o "$work/cd.iso" -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table \
    "$work/cd" 2>"$work/xorriso.log" || fail "xorriso could not make the CD: see $work/xorriso.log"

# -- the machine ----------------------------------------------------------------------------------------------------------

# Bochs aborts without the options for sound. Only its display "term" opens neither a window nor a port. It writes to a
# terminal of its own, and waits until somebody reads that.
cat >"$work/bochsrc" <<END
config_interface: textconfig
display_library: term
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
megs: 256
cpu: model=corei7_icelake_u, count=1, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
clock: sync=none
ata0-master: type=cdrom, path=$work/cd.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$serial
log: $work/bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
speaker: enabled=0
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
plugin_ctrl: speaker=false, gameport=false, parallel=false
END
echo c >"$work/go" # Debian's Bochs starts in its debugger: continue
: >"$serial"
TERM=linux bochs -q -f "$work/bochsrc" -rc "$work/go" >"$work/bochs.out" 2>&1 </dev/null &
machine=$! reader=""
trap 'kill -9 $machine $reader 2>/dev/null || :' EXIT # it outlives anything gentler
trap 'exit 1' INT TERM
read_screen() {
    screen=$(sed -n 's/.*connected to screen "\(.*\)".*/\1/p' "$work/bochs.out")
    if [ -n "$screen" ]; then
        cat "$screen" >/dev/null 2>&1 &
        reader=$!
    fi
}
seconds=0
while kill -0 "$machine" 2>/dev/null && [ "$seconds" -lt "$limit" ] && ! grep -q '^== end' "$serial"; do
    sleep 1
    [ -n "$reader" ] || read_screen
    seconds=$((seconds + 1))
done
cpu=$(awk '{ print int(($14 + $15) / 100) }' "/proc/$machine/stat" 2>/dev/null || echo unknown) # Linux counts in hundredths of a second

# -- the verdict ----------------------------------------------------------------------------------------------------------

tr -d '\r' <"$serial" >"$work/log"
sed -n '/^== booted/,$p' "$work/log"
grep -q '^== booted' "$work/log" || fail "the machine did not boot within $seconds s: see $serial, $work/bochs.out and $work/bochs.log"
grep -q '^== end' "$work/log" || fail "not finished after $seconds s (LIMIT=$limit), or the emulator died: see $work/bochs.out and $work/bochs.log"
proved="" unproved=""
for kernel in $kernels; do
    if grep -q "^\[ *OK \] $kernel\$" "$work/log"; then proved="$proved $kernel"; else unproved="$unproved $kernel"; fi
done
[ -z "$unproved" ] || fail "not proved right:$unproved (above is why; KNNMARK_SEED=$seed repeats it)"
for test in $tests; do
    grep -q "^== $test ended with status 0" "$work/log" || fail "$test failed (above is why; KNNMARK_SEED=$seed repeats it)"
done
grep -q "^\[ *OK \] test_evex" "$work/log" || fail "the machine did not run the EVEX forms that the handler of AVX-VNNI is compared with"
echo "check-avx512: proved on an emulated Ice Lake in $seconds s (CPU time $cpu s):$proved"
