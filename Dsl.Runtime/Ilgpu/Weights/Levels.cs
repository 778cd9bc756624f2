using ILGPU;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>What codes stand for, in units of their scale.</summary>
internal interface ILevels
{
    /// <inheritdoc cref="IWeights.SharedLevels"/>
    int Shared { get; }

    /// <inheritdoc cref="IWeights.Levels"/>
    int Count { get; }

    /// <inheritdoc cref="IWeights.Level"/>
    float At(int code);

    /// <summary>The level of a code.</summary>
    /// <param name="shared">The levels in shared memory.</param>
    /// <param name="code">The code.</param>
    float Of(ArrayView<float> shared, uint code);
}

/// <summary>Levels one apart.</summary>
/// <param name="first">The level of code 0.</param>
internal readonly struct StepLevels(float first) : ILevels
{
    private readonly float first = first;

    /// <inheritdoc/>
    public int Shared => 1;

    /// <inheritdoc/>
    public int Count => 0;

    /// <inheritdoc/>
    public float At(int code) => 0;

    /// <inheritdoc/>
    public float Of(ArrayView<float> shared, uint code) => first + (int)code;
}

/// <summary>
/// Powers of two with a sign: code k is 2⁻ᵏ, code half + k is −2⁻ᵏ. The level is put together from its exponent by a subtraction and a shift, without a table.
/// </summary>
/// <param name="half">Half the number of codes, a power of two.</param>
internal readonly struct PowerLevels(int half) : ILevels
{
    private const int ExponentBias = 127;
    private const int MantissaBits = 23;

    private readonly uint half = (uint)half;

    /// <inheritdoc/>
    public int Shared => 1;

    /// <inheritdoc/>
    public int Count => 0;

    /// <inheritdoc/>
    public float At(int code) => 0;

    /// <inheritdoc/>
    public float Of(ArrayView<float> shared, uint code)
    {
        var sign = (code & half) != 0 ? 0x80000000 : 0;
        return Interop.IntAsFloat(sign | ((ExponentBias - (code & (half - 1))) << MantissaBits));
    }
}

/// <summary>Any levels: a table in shared memory, so that threads with different codes do not wait for each other.</summary>
/// <param name="levels">The level of every code.</param>
internal readonly struct TableLevels(ArrayView<float> levels) : ILevels
{
    /// <summary>Codes of 8 bits.</summary>
    public const int Most = 256;

    private readonly ArrayView<float> levels = levels;

    /// <inheritdoc/>
    public int Shared => Most;

    /// <inheritdoc/>
    public int Count => levels.IntLength;

    /// <inheritdoc/>
    public float At(int code) => levels[code];

    /// <inheritdoc/>
    public float Of(ArrayView<float> shared, uint code) => shared[(int)code];
}
