# shellcheck shell=dash
# The words that the table's scripts may use; they run in a box, as its PID 1.
#
# A draw script shows bytes that it saw from outside, a line each: NAME=HEX.

# Runs a command under the shim that keeps a ledger; MODE and more of OSRANDOM_* are the driver's. With
# MODE=provider nothing is preloaded: what /etc/ssl/openssl.cnf loads keeps the ledger.
under_shim() {
    if [ "$MODE" = provider ]; then
        env OSRANDOM_LEDGER="$LEDGER" "$@"
    else
        env LD_PRELOAD="$SHIM" OSRANDOM_LEDGER="$LEDGER" OSRANDOM_MODE="$MODE" "$@"
    fi
}

# until_true COMMAND...: waits for it to succeed, for minutes on a slow machine.
until_true() {
    local tries=1500
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "waited in vain for: $*" >&2 && return 1; }
        sleep 0.1
    done
}

listens() { [ -n "$(ss -Hltn "sport = :$1")" ]; }
has() { [ -s "$1" ]; }

# Where the shim serves, the log of the program that was started tells of a swap that it kept out.
kept_out_a_swap() {
    [ "$MODE" = builtin ] || grep -q '^osrandom: .* kept out a RAND_set_rand_method' /box/log ||
        { echo "no swap was kept out" >&2 && return 1; }
}

# A key and a certificate for localhost, made without the shim: /box/key.pem and /box/cert.pem.
certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout /box/key.pem -out /box/cert.pem 2>/dev/null
    cat /box/key.pem /box/cert.pem >/box/both.pem
    chmod 644 /box/*.pem
}

# hello PORT [OPTION...]: the random bytes in the ServerHello of whoever answers there. Eight less
# than there are, for a server that could do more than TLS 1.2 marks these. The handshake must
# complete.
hello() {
    local port=$1
    shift
    converse openssl s_client -connect "127.0.0.1:$port" "$@"
    hello_in ServerHello
}

# converse OPENSSL-S_CLIENT...: keeps what it says in /box/dialogue.
converse() {
    "$@" -msg </dev/null >/box/dialogue 2>&1 || { tail -n 5 /box/dialogue >&2 && return 1; }
}

# hello_in NAME: the random bytes in the last such message of the dialogue; the first may be a
# HelloRetryRequest.
hello_in() {
    awk -v name="$1" \
        '/^(<<<|>>>)/ { on = 0 }
         $0 ~ "^(<<<|>>>).* " name "$" { on = 1; n = 0; next }
         on { for (i = 1; i <= NF; i++) bytes[n++] = $i }
         END { printf "hello="; for (i = 6; i < 30; i++) printf "%s", bytes[i]; print "" }' \
        /box/dialogue
}

# key_bytes FILE [OPENSSL OPTION...]: the private number of a key, without its first and last byte:
# X25519 and X448 set some of the bits there.
key_bytes() {
    printf 'key='
    openssl pkey -noout -text -in "$@" |
        awk '/^priv:/ { on = 1; next } /^[^ ]/ { on = 0 } on { gsub(/[ :]/, ""); hex = hex $0 }
             END { print substr(hex, 3, length(hex) - 4) }'
}

# bytes_of FILE OFFSET LENGTH, in hexadecimal.
bytes_of() { od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'; }

# over DIRECTORY: another copy-on-write view of the bare root there, with the shim at the same path.
over() {
    mkdir -p "$1" "/run/over$1"
    mount -t tmpfs box "/run/over$1"
    mkdir "/run/over$1/upper" "/run/over$1/work"
    mount -t overlay -o "lowerdir=/box/root,upperdir=/run/over$1/upper,workdir=/run/over$1/work" \
        over "$1"
    mkdir "$1/box"
    cp "$SHIM" "$1/box"
}

# The draws that the shim has served in a process, as its status block tells from outside. Python
# finds out where in the shim's file the block lies.
draws_of() {
    python3 - "$1" "$SHIM" <<'END'
import ctypes, struct, sys

def base(pid):
    with open(f"/proc/{pid}/maps") as maps:
        return next(int(line.split("-")[0], 16) for line in maps if "libosrandom_preload" in line)

block = ctypes.addressof(ctypes.c_char.in_dll(ctypes.CDLL(sys.argv[2]), "osrandom_status"))
block += base(sys.argv[1]) - base("self")
with open(f"/proc/{sys.argv[1]}/mem", "rb", buffering=0) as memory:
    memory.seek(block)
    magic, counters = struct.unpack("=8s16xQ", memory.read(32))
    assert magic == b"osrandom", magic
    memory.seek(counters)
    print(sum(struct.unpack("=" + "Q56x" * 65, memory.read(64 * 65))) if counters else 0)
END
}

# boot_machine DIRECTORY [OPTION...]: boots the systemd there, until it powers off.
boot_machine() {
    local machine=$1
    shift
    systemd-nspawn --boot --quiet --register=no --keep-unit --link-journal=no \
        --directory="$machine" "$@" </dev/null 2>&1
}
