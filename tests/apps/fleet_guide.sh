# shellcheck shell=dash
# What tools/examples/README.md has root type, from its first line to its last.

rm $machine/usr/bin/osrandom "$library/osrandom" "$library/libosrandom_preload.so" $machine/etc/systemd/system/osrandom-*
ls /box/parts/deb/*.deb >/dev/null 2>&1 || { echo 'there is no package: debhelper is not installed' >&2 && exit 77; }
cp /box/parts/deb/*.deb $machine/box
rm -f $machine/etc/dpkg/dpkg.cfg.d/* # the tree goes without documents
echo 'cd /box; up; set -x' >/box/commands
sed -n 's/^    # //p' /box/parts/tools/examples/README.md >>/box/commands
echo 'set +x; echo "typed: all"' >>/box/commands
boot 'the guide' </box/commands
echo "commands: $(sed -n 's/^    # //p' /box/parts/tools/examples/README.md | wc -l)"
