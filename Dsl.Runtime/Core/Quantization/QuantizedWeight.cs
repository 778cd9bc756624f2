using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>A weight in packed codes with scales, and an unquantized low-rank term beside them where the layer has one. Immutable.</summary>
public sealed class QuantizedWeight
{
    private readonly float[] levels;
    private readonly float[] scales;
    private readonly float[] zeros;
    private readonly float[] down;
    private readonly float[] up;
    private TiledWeight? tiled;
    private PlaneWeight? planes;

    /// <summary>Checks and copies the parts.</summary>
    /// <param name="name">The layer's name, for messages.</param>
    /// <param name="format">How codes stand for weights.</param>
    /// <param name="codes">(rows, columns).</param>
    /// <param name="scales">One, or one for every group of every row; of any sign, since a merged normalization may turn a row around. With binary planes as many for every plane, plane after plane.</param>
    /// <param name="zeros">As many zero points; empty where the format has none.</param>
    /// <param name="down">A of the low-rank term, (rank, columns); empty for none.</param>
    /// <param name="up">B of the low-rank term, (rows, rank); empty for none.</param>
    /// <exception cref="LayerShapeException">A length does not match the format.</exception>
    /// <exception cref="NonFiniteWeightException">A value is NaN or infinite.</exception>
    public QuantizedWeight(
        string name, QuantizedFormat format, PackedCodes codes, ReadOnlySpan<float> scales, ReadOnlySpan<float> zeros = default, ReadOnlySpan<float> down = default, ReadOnlySpan<float> up = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(codes);
        format.Check(name);
        Require.Equal(name, "bits of the codes", format.Bits, codes.Bits);
        var count = format.ScaleCount(codes.Rows, codes.Columns);
        Require.Equal(name, "number of scales", count, scales.Length);
        Require.Equal(name, "number of zero points", format.HasZeroPoints ? count : 0, zeros.Length);
        Require.Equal(name, "length of lora_A", checked(format.Rank * codes.Columns), down.Length);
        Require.Equal(name, "length of lora_B", checked(format.Rank * codes.Rows), up.Length);
        Require.Finite(name, "scales", scales);
        Require.Finite(name, "zeros", zeros);
        Require.Finite(name, "lora_A", down);
        Require.Finite(name, "lora_B", up);

        Format = format;
        Codes = codes;
        levels = [.. format.Levels];
        this.scales = scales.ToArray();
        this.zeros = zeros.ToArray();
        this.down = down.ToArray();
        this.up = up.ToArray();
    }

    /// <summary>How codes stand for weights.</summary>
    public QuantizedFormat Format { get; }

    /// <summary>The codes.</summary>
    public PackedCodes Codes { get; }

    /// <summary>The scales, row major.</summary>
    public ReadOnlySpan<float> Scales => scales;

    /// <summary>The zero points, row major; empty where the format has none.</summary>
    public ReadOnlySpan<float> Zeros => zeros;

    /// <summary>A of the low-rank term, (rank, columns); empty for none.</summary>
    public ReadOnlySpan<float> Down => down;

    /// <summary>B of the low-rank term, (rows, rank); empty for none.</summary>
    public ReadOnlySpan<float> Up => up;

    /// <summary>How many numbers the weight holds.</summary>
    public long ParameterCount => ((long)Codes.Rows * Codes.Columns) + scales.Length + zeros.Length + down.Length + up.Length;

    /// <summary>How many bytes they take.</summary>
    public long ByteCount => Codes.Bytes.Length + (sizeof(float) * (long)(scales.Length + zeros.Length + down.Length + up.Length));

    /// <summary>
    /// The weight as kernels read it, or null where they cannot. Codes are then held in that order only; scales and zero points, which are small, in both.
    /// </summary>
    internal TiledWeight? LayOut()
    {
        if (Volatile.Read(ref tiled) is { } known)
        {
            return known;
        }

        if (TiledWeight.Of(this) is not { } made)
        {
            return null;
        }

        if (Interlocked.CompareExchange(ref tiled, made, null) is { } other)
        {
            return other;
        }

        Codes.MoveTo(made.Tiles);
        return made;
    }

    /// <summary>The same for binary planes.</summary>
    internal PlaneWeight? LayOutPlanes()
    {
        if (Volatile.Read(ref planes) is { } known)
        {
            return known;
        }

        if (PlaneWeight.Of(this) is not { } made)
        {
            return null;
        }

        if (Interlocked.CompareExchange(ref planes, made, null) is { } other)
        {
            return other;
        }

        Codes.MoveTo(made);
        return made;
    }

    /// <summary>The weights of one row that the codes stand for, without the low-rank term.</summary>
    /// <param name="row">The row.</param>
    /// <param name="weights">Room for a row.</param>
    public void Decode(int row, Span<float> weights)
    {
        var columns = Codes.Columns;
        using var buffer = new PooledBuffer((columns + sizeof(float) - 1) / sizeof(float));
        var codes = MemoryMarshal.AsBytes(buffer.Span)[..columns];
        Codes.Read(row, codes);
        var group = Format.GroupSize == 0 ? columns : Format.GroupSize;
        var first = Format.GroupSize == 0 ? 0 : row * ((columns + group - 1) / group);
        for (var start = 0; start < columns; start += group)
        {
            var index = Format.GroupSize == 0 ? 0 : first + (start / group);
            var last = Math.Min(columns, start + group);
            if (Format.Planes > 0)
            {
                DecodePlanes(codes[start..last], index, weights[start..last]);
                continue;
            }

            Lookup(codes[start..last], scales[index], zeros.Length > 0 ? zeros[index] : 0, weights[start..last]);
        }
    }

    /// <summary>weight = scale · (level - zero): lookups first, then the arithmetic on vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Lookup(ReadOnlySpan<byte> codes, float scale, float zero, Span<float> weights)
    {
        // There is a level for every code of so many bits.
        ref var table = ref MemoryMarshal.GetArrayDataReference(levels);
        for (var k = 0; k < codes.Length; k++)
        {
            weights[k] = Unsafe.Add(ref table, (nint)codes[k]);
        }

        var done = 0;
        for (; done + Vector<float>.Count <= weights.Length; done += Vector<float>.Count)
        {
            ((new Vector<float>(weights[done..]) - new Vector<float>(zero)) * scale).CopyTo(weights[done..]);
        }

        for (; done < weights.Length; done++)
        {
            weights[done] = scale * (weights[done] - zero);
        }
    }

    /// <summary>The sums of all codes first, then a lookup for each weight.</summary>
    private void DecodePlanes(ReadOnlySpan<byte> codes, int shared, Span<float> weights)
    {
        var stride = scales.Length / Format.Planes;
        Span<float> sums = stackalloc float[1 << Format.Planes];
        sums[0] = 0;
        for (var plane = 0; plane < Format.Planes; plane++)
        {
            var scale = scales[(plane * stride) + shared];
            for (var code = (1 << plane) - 1; code >= 0; code--)
            {
                sums[code | (1 << plane)] = sums[code] + scale;
                sums[code] -= scale;
            }
        }

        for (var k = 0; k < codes.Length; k++)
        {
            weights[k] = sums[codes[k]];
        }
    }
}
