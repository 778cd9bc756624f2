#!/usr/bin/env bash
# Publishes the example as one file of native code, and runs it where the folded model is there (examples/FashionMnist writes it).
# Fails where the compiler warns, the file is larger than 6 MB or needs libtorch. Usage: publish.sh [output folder]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
output=${1:-$root/artifacts/deploy}
most_bytes=6000000
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# NativeAOT links with the system's compiler and zlib.
missing=()
command -v clang >/dev/null || command -v gcc >/dev/null || missing+=(clang)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
if [ ${#missing[@]} -gt 0 ]; then
    sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
    { $sudo apt-get update -qq && $sudo apt-get install -y -qq "${missing[@]}"; } >/dev/null
fi
linker=(); command -v clang >/dev/null || linker=(-p:CppCompilerAndLinker=gcc)

dotnet publish "$here/Deploy.csproj" -c Release -r linux-x64 -o "$output" -warnaserror -p:TreatWarningsAsErrors=true "${linker[@]}" --nologo -v quiet
program=$output/Deploy
bytes=$(stat -c %s "$program")
echo "$program: $bytes bytes"
[ "$bytes" -le "$most_bytes" ] || { echo "larger than $most_bytes bytes" >&2; exit 1; }
# Only symbols for a debugger stand beside it.
others=$(find "$output" -type f ! -name Deploy ! -name 'Deploy.dbg' ! -name '*.pdb')
[ -z "$others" ] || { echo "needs more than itself: $others" >&2; exit 1; }

model=${LAYERDSL_CACHE:-$root/.cache}/models/fashion-mnist.safetensors
if [ ! -e "$model" ]; then
    echo "no folded model yet; make one with: dotnet run -c Release --project examples/FashionMnist"
    exit 0
fi
"$program" "$model"
starts=$(for _ in {1..20}; do "$program" "$model" "$(date +%s%N)" | sed -n 's/^first prediction \(.*\) ms after the start$/\1/p'; done | sort -n)
[ "$(wc -l <<< "$starts")" = 20 ] || { echo "not every start ended with a prediction" >&2; exit 1; }
echo "from start to first prediction, 20 starts: median $(sed -n 10p <<< "$starts") ms, least $(sed -n 1p <<< "$starts") ms"
