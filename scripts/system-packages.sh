#!/usr/bin/env bash
# Installs the system packages named after the word `for`: "build" (the window), "test" (a display, browsers and their drivers).
# Without a question where it may (root, or sudo without a password); else asks once, by name; elsewhere prints the list.
set -euo pipefail

headless=(build-essential pkg-config)
build=("${headless[@]}" libwebkit2gtk-4.1-dev libgtk-3-dev librsvg2-dev libssl-dev libxdo-dev)
test=("${build[@]}" xvfb xauth webkit2gtk-driver chromium dbus-x11 libgl1-mesa-dri python3 python3-venv)

case "${1:-}" in
    headless) wanted=("${headless[@]}") ;;
    build) wanted=("${build[@]}") ;;
    test) wanted=("${test[@]}") ;;
    *) echo "usage: $0 headless|build|test" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null; then
    echo "Embedscope needs the equivalents of these Debian packages; please see that they are installed: ${wanted[*]}"
    exit 0
fi

missing=()
for package in "${wanted[@]}"; do
    # Ubuntu's chromium package is a snap; any Chromium or Chrome serves.
    [ "$package" = chromium ] && command -v chromium chromium-browser google-chrome >/dev/null 2>&1 && continue
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then
        root=(sudo -n)
    elif [ -t 0 ]; then
        read -r -p "Embedscope needs these system packages: ${missing[*]}. Install them with sudo? [Y/n] " answer
        case "$answer" in [nN]*) echo "Please install them yourself, then run this again." >&2; exit 1 ;; esac
        root=(sudo)
    else
        echo "Please install these system packages, then run this again: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
fi
echo "Installing system packages: ${missing[*]}"
"${root[@]}" apt-get update -q
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
