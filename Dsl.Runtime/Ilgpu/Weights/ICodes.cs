using System.Runtime.InteropServices;
using ILGPU;

namespace LayerDsl.Ilgpu.Weights;

/// <summary>Eight codes of up to 8 bits, a byte for each, the first lowest.</summary>
/// <param name="low">Codes 0 to 3.</param>
/// <param name="high">Codes 4 to 7.</param>
[StructLayout(LayoutKind.Sequential)]
internal struct Codes(uint low, uint high)
{
    /// <summary>Codes 0 to 3.</summary>
    public uint Low = low;

    /// <summary>Codes 4 to 7.</summary>
    public uint High = high;
}

/// <summary>How codes lie in 32-bit words on the device. Every row starts at a word of its own.</summary>
internal interface ICodes
{
    /// <summary>Eight neighbouring codes of a row, by shifts and masks only.</summary>
    /// <param name="words">The packed rows.</param>
    /// <param name="row">The first word of the row.</param>
    /// <param name="octet">The octet.</param>
    Codes Load(ArrayView<uint> words, int row, int octet);
}
