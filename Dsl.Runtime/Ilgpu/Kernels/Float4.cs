using System.Runtime.InteropServices;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Four neighbouring values, which one instruction loads or stores.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Float4(float x, float y, float z, float w)
{
    /// <summary>The first value.</summary>
    public float X = x;

    /// <summary>The second value.</summary>
    public float Y = y;

    /// <summary>The third value.</summary>
    public float Z = z;

    /// <summary>The fourth value.</summary>
    public float W = w;
}
