using System.Security.Cryptography;
using LayerDsl.Examples.Data;

namespace LayerDsl.Tests.Onnx;

/// <summary>Cases of single operators from ONNX's own tests: Debian's package libonnx-testdata, fetched once into the cache of data sets.</summary>
internal static class OnnxTestData
{
    private const string Package = "libonnx-testdata";

    /// <summary>Of all files of the cases below, one after the other, in this order and by name within a case.</summary>
    private const string Sha256 = "4ba7f8b58aadc5747625ff6dcf0827a21bc625ecd4c953afa7d693c32fd95f22";

    private static readonly string[] Cases =
    [
        "dequantizelinear", "dequantizelinear_axis", "dynamicquantizelinear", "dynamicquantizelinear_max_adjusted", "dynamicquantizelinear_min_adjusted",
        "matmulinteger", "quantizelinear", "quantizelinear_axis",
        "batchnorm_example", "batchnorm_epsilon", "batchnorm_example_training_mode", "batchnorm_epsilon_training_mode",
        "layer_normalization_2d_axis_negative_1", "layer_normalization_3d_axis_negative_1_epsilon", "layer_normalization_4d_axis_negative_1",
        "basic_conv_with_padding", "basic_conv_without_padding", "conv_with_strides_padding", "conv_with_strides_no_padding",
    ];

    private static readonly Lazy<(string? Folder, string Problem)> Fetched = new(Fetch);

    /// <summary>Why there are no cases; null where there are.</summary>
    public static string? Problem => Fetched.Value.Folder is null ? Fetched.Value.Problem : null;

    /// <summary>The inputs and outputs of a case, in the order of the operator's.</summary>
    public static (OnnxTensor[] Inputs, OnnxTensor[] Outputs) Case(string name)
    {
        var folder = Path.Combine(Fetched.Value.Folder ?? throw new InvalidOperationException(Fetched.Value.Problem), name);
        OnnxTensor[] Read(string pattern) => [.. Files(folder).Where(file => Path.GetFileName(file).StartsWith(pattern, StringComparison.Ordinal)).Select(file => OnnxTensor.Read(File.ReadAllBytes(file)))];
        return (Read("input"), Read("output"));
    }

    private static (string? Folder, string Problem) Fetch()
    {
        try
        {
            var cache = DataCache.Default();
            using var mine = cache.Lock(TimeSpan.FromMinutes(10));
            var folder = cache.Folder("onnx-cases");
            if (!IsComplete(folder))
            {
                var download = new DebianPackage(Package, Path.Combine(cache.Root, "download-" + Package), ProcessRunner.Run);
                var unpacked = download.Fetch((_, _) => { });
                foreach (var name in unpacked is null ? [] : Cases)
                {
                    Copy(Path.Combine(unpacked!, "usr", "share", Package, "data", "node", "test_" + name, "test_data_set_0"), Path.Combine(folder, name));
                }

                download.Discard();
            }

            return IsComplete(folder) ? (folder, string.Empty) : (null, $"The package {Package} holds other files than these tests were written for: {folder}.");
        }
        catch (Exception error) when (error is ProgramNotFoundException or DataFetchException or IOException)
        {
            return (null, $"The cases of Debian's {Package} could not be fetched: {error.Message}");
        }
    }

    private static bool IsComplete(string folder)
    {
        byte[] all = [.. Cases.SelectMany(name => Files(Path.Combine(folder, name))).SelectMany(File.ReadAllBytes)];
        return Convert.ToHexStringLower(SHA256.HashData(all)) == Sha256;
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.pb").Order(StringComparer.Ordinal) : [];

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Files(from))
        {
            var target = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, target + ".tmp", overwrite: true);
            File.Move(target + ".tmp", target, overwrite: true);
        }
    }
}

/// <summary>A test over ONNX's cases: skipped with the reason where they cannot be fetched, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnnxTheoryAttribute : TheoryAttribute
{
    public OnnxTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") is null && OnnxTestData.Problem is { } problem)
        {
            Skip = problem;
        }
    }
}
