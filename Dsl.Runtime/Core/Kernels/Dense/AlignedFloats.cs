using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LayerDsl;

/// <summary>Floats that stay where they are, from the start of a cache line on: a vector load then never meets two lines.</summary>
internal sealed unsafe class AlignedFloats
{
    private const int LineFloats = 16;

    // On the pinned heap, so that an address taken once holds as long as the array lives.
    private readonly float[] array;
    private readonly int first;

    public AlignedFloats(int length)
    {
        Length = length;
        array = GC.AllocateArray<float>(checked(length + LineFloats), pinned: true);
        var over = (int)((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) / sizeof(float) % LineFloats);
        first = (LineFloats - over) % LineFloats;
    }

    /// <summary>How many floats.</summary>
    public int Length { get; }

    /// <summary>The floats.</summary>
    public Span<float> Span => array.AsSpan(first, Length);

    /// <summary>Where they lie, while this object is reachable.</summary>
    public float* Pointer => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) + first;
}
