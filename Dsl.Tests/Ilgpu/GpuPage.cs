using System.Globalization;
using System.Text;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>The tables of docs/gpu.md: <c>LAYERDSL_ACCEPT=1</c> writes them, otherwise they must be as they are.</summary>
public sealed class GpuPage(OfflineCompiler compiler) : IClassFixture<OfflineCompiler>
{
    private static readonly string Path = System.IO.Path.Combine(RepositoryRoot.Path, "docs", "gpu.md");

    private static readonly Lock Writing = new();

    [Fact]
    public void The_table_of_kernels_is_what_the_compiler_makes_of_them() => Compare("kernels", Table(KernelCatalog.All));

    [Fact]
    public void The_table_of_kernels_of_training_is_what_the_compiler_makes_of_them() => Compare("training kernels", Table([.. TrainingCatalog.Library, .. TrainingCatalog.Chosen]));

    [Fact]
    public void The_roofline_follows_from_bytes_and_operations()
    {
        var text = new StringBuilder("| product | bytes | operations | operations per byte | A100 | H100 | limit |\n|---|---|---|---|---|---|---|\n");
        foreach (var (name, bytes, operations) in Rooflines())
        {
            var (a100, h100) = (new Device(1555e9, 19.5e12), new Device(3350e9, 66.9e12));
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {bytes / 1e6:N1} MB | {operations / 1e6:N0} M | {operations / bytes:N1} | {a100.Microseconds(bytes, operations):N1} µs | {h100.Microseconds(bytes, operations):N1} µs | {(a100.IsMemoryBound(bytes, operations) ? "memory" : "arithmetic")} |\n");
        }

        Compare("roofline", text.ToString());
    }

    private string Table(IEnumerable<CatalogKernel> kernels)
    {
        var text = new StringBuilder("| kernel | instructions | registers: 32 bits, 64 bits, predicates | shared memory, bytes | for each | bytes of global memory | least |\n|---|---|---|---|---|---|---|\n");
        foreach (var kernel in kernels)
        {
            var ptx = compiler.Ptx(kernel.Method, kernel.IsGrouped);
            text.Append(CultureInfo.InvariantCulture, $"| {kernel.Name} | {ptx.Instructions.Count} | {ptx.Registers.GetValueOrDefault("b32") + ptx.Registers.GetValueOrDefault("f32")}, {ptx.Registers.GetValueOrDefault("b64")}, {ptx.Registers.GetValueOrDefault("pred")} | {ptx.SharedBytes} | {kernel.Unit} | {BytesOf(kernel, ptx)} | {kernel.MinimumBytes} |\n");
        }

        return text.ToString();
    }

    /// <summary>What has a loop over memory is measured by a turn of it, anything else as a whole, a loop counted once.</summary>
    private static int BytesOf(CatalogKernel kernel, PtxText ptx)
    {
        var isWhole = kernel.Unit is "value" or "four values" && kernel.Name != "global average";
        var accesses = isWhole
            ? ptx.Instructions.Where(instruction => instruction.Operation.StartsWith("ld.global", StringComparison.Ordinal) || instruction.Operation.StartsWith("st.global.f32", StringComparison.Ordinal) || instruction.Operation.StartsWith("st.global.b64", StringComparison.Ordinal))
            : ptx.Of(ptx.Loops.MaxBy(loop => PtxTests.LoadedBytes(ptx, loop))!).Where(instruction => instruction.Operation.StartsWith("ld.global", StringComparison.Ordinal));
        return accesses.Sum(PtxText.BytesOf);
    }

    private static IEnumerable<(string Name, double Bytes, double Operations)> Rooflines()
    {
        const double Out = 4096, In = 4096, Values = Out * In;
        foreach (var (name, bits, scales) in new[] { ("f32", 32.0, 0.0), ("f16", 16.0, 0.0), ("8-bit, groups of 128", 8.0, 4.0 / 128), ("4-bit, groups of 128", 4.0, 4.0 / 128), ("2 binary planes, groups of 128", 2.0, 8.0 / 128) })
        {
            foreach (var rows in new[] { 1.0, 128.0 })
            {
                yield return ($"linear 4096 → 4096, {name}, {rows:N0} {(rows == 1 ? "row" : "rows")}", (Values * ((bits / 8) + scales)) + (4 * rows * (In + Out)), 2 * rows * Values);
            }
        }

        yield return ("shift and add 4096 → 4096, 4-bit, 1 row", (Values * (0.5 + (4.0 / 128))) + (4 * (In + Out)), 2 * Values);
        yield return ("sparse rows 4096 → 4096, a tenth left, 1 row", (Values * 0.1 * 8) + (4 * (In + (2 * Out))), 2 * Values * 0.1);
        yield return ("low-rank term 4096 → 4096, rank 16, 1 row", 4 * ((16 * (In + Out)) + In + (2 * Out)), 2 * 16 * (In + Out));
        yield return ("conv2d 64 → 64, kernel 3, 56 × 56, 32 images, f32", 4 * ((2 * 32 * 64 * 56.0 * 56) + (64 * 64 * 9)), 2 * 32 * 64 * 56.0 * 56 * 64 * 9);
        yield return ("attention scores and mean, 32 samples, 12 heads of 64, 512 tokens", 4 * 32 * 12 * ((4 * 512 * 64.0) + (4 * 512.0 * 512)), 4 * 32 * 12 * 512.0 * 512 * 64);
        yield return ("softmax, 196,608 rows of 512", 2 * 4 * 196608.0 * 512, 5 * 196608.0 * 512);
        yield return ("layer norm, 16,384 rows of 768", 2 * 4 * 16384.0 * 768, 8 * 16384.0 * 768);
        yield return ("function value by value, 16 M values", 2 * 4 * 16777216.0, 20 * 16777216.0);
    }

    private static void Compare(string section, string table)
    {
        var (start, end) = ($"<!-- generated: {section} -->\n", $"<!-- end: {section} -->");
        lock (Writing)
        {
            var page = File.ReadAllText(Path);
            var from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
            var to = page.IndexOf(end, StringComparison.Ordinal);
            Assert.True(from >= start.Length && to >= from, $"docs/gpu.md has no section '{section}'.");
            if (Environment.GetEnvironmentVariable("LAYERDSL_ACCEPT") == "1")
            {
                File.WriteAllText(Path, page[..from] + table + page[to..]);
                return;
            }

            Assert.Equal(table, page[from..to]);
        }
    }

    /// <summary>A device by its data sheet: bytes and 32-bit operations per second, without tensor cores.</summary>
    private sealed record Device(double Bandwidth, double Operations)
    {
        public double Microseconds(double bytes, double operations) => 1e6 * Math.Max(bytes / Bandwidth, operations / Operations);

        public bool IsMemoryBound(double bytes, double operations) => bytes / Bandwidth > operations / Operations;
    }
}
