# shellcheck shell=dash
# Bundles that `osrandom oci` has changed, run by Debian's runc: a Debian, read-only, that preloads
# something already, and a root with musl and nothing else.

mkdir /box/parts
tar -xf "$PARTS" -C /box/parts
cp "$SHIM" /box/parts
osrandom=/box/parts/osrandom
$osrandom --version >/dev/null 2>&1 || {
    echo 'osrandom, as it was built here, does not run on the older Debian of the tree' >&2
    exit 77
}

# bundle NAME COMMAND...: a configuration as runc makes one.
bundle() {
    local name=$1
    shift
    mkdir -p "/box/$name/rootfs"
    cd "/box/$name"
    runc spec
    python3 - "$@" <<'END'
import json, sys

config = json.load(open("config.json"))
config["process"].update(terminal=False, rlimits=[], args=sys.argv[1:])
config["process"]["env"] += ["OSRANDOM_LOG=info"] + (["LD_PRELOAD=libm.so.6"] if "openssl" in sys.argv else [])
json.dump(config, open("config.json", "w"))
END
}

bundle debian openssl rand -hex 8
over /box/debian/rootfs
chmod 640 config.json
$osrandom oci config.json
cp config.json once.json
$osrandom oci config.json
cmp config.json once.json
[ "$(stat -c %a config.json)" = 640 ]
grep -o '"LD_PRELOAD=.*"' config.json
runc run debian 2>&1 </dev/null | sed 's/.*draws/draws/'
mount | grep -c rootfs/usr/local/lib/libosrandom || :

[ -e /box/parts/maps ] || { echo '== no musl-gcc here' && exit 0; }
bundle musl /maps
mkdir rootfs/lib
cp /box/parts/maps rootfs/
cp /box/parts/ld-musl rootfs"$(cat /box/parts/musl-loader)"
$osrandom oci config.json
runc run musl </dev/null | grep -o '/usr/local/lib/libosrandom_preload.so' | sort -u

echo '{"ociVersion": "1.0.2"}' >config.json
$osrandom oci config.json 2>&1 || echo "exit status $?"
