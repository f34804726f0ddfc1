# What tests/run, tests/contract and tests/formats have in common: to install what is missing, a throwaway
# PostgreSQL, a running service.

# The settings of whoever runs this must reach neither the tests nor the throwaway server.
unset DATABASE_URL "${!TAIZHANG_@}" "${!PG@}"
PATH+=:${CARGO_HOME:-${HOME-}/.cargo}/bin # where a fresh rustup is before the next login

cluster='' service=''

die() {
    printf '%s\n' "$@" >&2
    exit 1
}

as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

apt_install() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq)
    printf 'installing %s\n' "$*"
    if command -v apt-get >/dev/null && as_root true; then
        as_root "${apt[@]}" update || true # a dead third-party source is no obstacle yet
        as_root "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null && return
    fi
    die "Missing, and cannot be installed from here: $*" \
        'As root, on Debian or Ubuntu: apt-get install g++ libc6-dev postgresql nodejs npm' \
        'Elsewhere: a C and C++ compiler, Node.js 18.18 or later with npm, and a PostgreSQL server whose' \
        'directory of initdb, pg_ctl and postgres is on PATH.'
}

# Debian keeps the servers off PATH, so one on PATH is somebody's choice.
find_initdb() {
    command -v initdb || find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1 | grep .
}

# Debian's package would create and start a cluster of the system, which nobody asked for.
install_postgres() {
    local conf=/etc/postgresql-common/createcluster.conf note='# while taizhang installs its test server'
    apt_install postgresql-common
    as_root tee -a "$conf" <<<"create_main_cluster = false $note" >/dev/null
    (apt_install postgresql) && local installed=1
    as_root sed -i "/$note/d" "$conf"
    [[ -n ${installed-} ]]
}

# Runs one of PostgreSQL's programs; they refuse to run as root.
pg() {
    local as=()
    [[ $EUID -ne 0 ]] || as=(runuser -u "$server_user" --)
    (cd "$cluster" && "${as[@]}" "$bin/$1" "${@:2}")
}

start_cluster() {
    bin=$(dirname "$(readlink -f "$(find_initdb)")")
    server_user=$(id -un postgres 2>/dev/null || echo nobody)
    cluster=$(mktemp -d /tmp/taizhang-pg.XXXXXX) # not TMPDIR: the path of a socket has at most 107 bytes
    [[ $EUID -ne 0 ]] || chown "$server_user" "$cluster"
    pg postgres --version
    # Where the server can, it sorts text otherwise than SQLite: our answers must not lean on its order.
    local order=()
    if pg initdb --help | grep -q -- --locale-provider; then order=(--locale-provider=icu --icu-locale=zh); fi
    # Trust is for this machine alone: nothing else can reach 127.0.0.1.
    pg initdb -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 "${order[@]}" -N >/dev/null
    local port
    for _ in 1 2 3 4 5; do
        port=$((10000 + RANDOM % 20000)) # below those that the kernel gives to clients; a taken one is refused
        # -N is max_connections, -F is fsync off: nobody will miss this data.
        pg pg_ctl -D data -l log -w -o "-h 127.0.0.1 -p $port -k $cluster -N 400 -F" start >/dev/null || continue
        postgres_url=postgres://postgres@127.0.0.1:$port/postgres
        return
    done
    cat "$cluster/log"
    die 'PostgreSQL does not start.'
}

stop_cluster() {
    pg pg_ctl -D data -m immediate stop &>/dev/null || true
    rm -rf "$cluster"
}

# make_venv FOLDER PACKAGE==VERSION...: a Python with these packages in FOLDER, made where it is missing.
make_venv() {
    [[ ! -e $1/complete ]] || return 0
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
    rm -rf "$1"
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
    touch "$1/complete"
}

# Builds the program, fills DATABASE_URL with the built-in seed, makes a key of an admin (TAIZHANG_KEY) and
# serves on a free port (address) until stop_service.
start_service() {
    unset TAIZHANG_KEY # of a service before
    cargo build --locked --quiet
    local program=${CARGO_TARGET_DIR:-target}/debug/taizhang
    export DATABASE_URL TAIZHANG_LOG=${TAIZHANG_LOG:-error} TAIZHANG_RATE_ADDRESS=0 TAIZHANG_RATE_KEY=0
    "$program" migrate
    "$program" seed
    TAIZHANG_KEY=$("$program" keys create --name "$1" --role admin)
    export TAIZHANG_KEY
    for _ in 1 2 3 4 5; do
        address=127.0.0.1:$((10000 + RANDOM % 20000)) # below those that the kernel gives to clients
        TAIZHANG_BIND=$address env -u TAIZHANG_KEY "$program" serve &
        service=$!
        for _ in {1..100}; do
            kill -0 "$service" 2>/dev/null || continue 2 # somebody else has the port
            ! (exec 3<>"/dev/tcp/${address/://}") 2>/dev/null || break 2
            sleep 0.1
        done
    done
}

stop_service() { { kill "$service" && wait "$service"; } 2>/dev/null || true; }
