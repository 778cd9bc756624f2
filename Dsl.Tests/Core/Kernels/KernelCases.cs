namespace LayerDsl.Tests.Core.Kernels;

/// <summary>Weights of every format with a kernel, of shapes that fill tiles, groups and vectors and that do not.</summary>
internal static class KernelCases
{
    /// <summary>Rows, columns and group size (0 for one scale) of weights.</summary>
    public static readonly (int Rows, int Columns, int Group)[] Shapes =
        [(16, 32, 0), (17, 45, 45), (33, 96, 32), (64, 256, 64), (5, 130, 64), (40, 1000, 1000), (31, 300, 30), (48, 640, 320), (1, 64, 64), (100, 33, 0)];

    public static TheoryData<string, int> Formats
    {
        get
        {
            var data = new TheoryData<string, int>();
            for (var bits = 1; bits <= 8; bits++)
            {
                data.Add("symmetric", bits);
                data.Add("zero points", bits);
            }

            for (var bits = 1; bits <= 6; bits++)
            {
                data.Add("levels", bits);
            }

            data.Add("Log2", 3);
            data.Add("Log2", 4);
            data.Add("StatsQ", 4);
            data.Add("StatsQ", 8);
            data.Add("DoReFa", 8);
            return data;
        }
    }

    public static QuantizedWeight Weight(Random random, string kind, int bits, int rows, int columns, int group)
    {
        var count = 1 << bits;
        float[] levels = kind switch
        {
            "symmetric" => [.. Enumerable.Range(0, count).Select(code => (float)(code - (count / 2)))],
            "zero points" => [.. Enumerable.Range(0, count).Select(code => (float)code)],
            "levels" => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f).Order()],
            "Log2" => [.. Enumerable.Range(0, count).Select(code => (code < count / 2 ? 1 : -1) * MathF.ScaleB(1, -(code % (count / 2))))],
            "StatsQ" => [.. Enumerable.Range(0, count).Select(code => (code - (count / 2) + 0.5f) / (count / 2))],
            "DoReFa" => [.. Enumerable.Range(0, count).Select(code => (2f * code) - (count - 1))],
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        var format = new QuantizedFormat(kind, bits, group, kind == "zero points", EquatableList.Create(levels));
        var codes = new byte[rows * columns];
        random.NextBytes(codes);
        var scales = Enumerable.Range(0, format.ScaleCount(rows, columns)).Select(_ => (0.01f + random.NextSingle()) * (random.Next(4) == 0 ? -1 : 1)).ToArray();
        float[] zeros = format.HasZeroPoints ? [.. scales.Select(_ => (float)random.Next(count))] : [];
        return new QuantizedWeight("layer", format, PackedCodes.Pack("layer", Array.ConvertAll(codes, code => (byte)(code % count)), rows, columns, bits), scales, zeros);
    }

    public static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
}
