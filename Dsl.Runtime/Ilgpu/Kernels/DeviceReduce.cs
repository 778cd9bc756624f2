using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>Reductions of a value of each thread of a group by shared memory, half of the threads at a time. The number of threads is a power of two.</summary>
public static class DeviceReduce
{
    /// <summary>The most threads of a group, and the values of shared memory that a reduction takes.</summary>
    public const int MostThreads = 256;

    /// <summary>The sum, to all threads.</summary>
    /// <param name="shared">Shared memory, <see cref="MostThreads"/> values.</param>
    /// <param name="value">The thread's value.</param>
    public static float Sum(ArrayView<float> shared, float value)
    {
        Group.Barrier();
        shared[Group.IdxX] = value;
        for (var half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            Group.Barrier();
            if (Group.IdxX < half)
            {
                shared[Group.IdxX] += shared[Group.IdxX + half];
            }
        }

        Group.Barrier();
        return shared[0];
    }

    /// <summary>The largest value, to all threads; NaN if one of them is.</summary>
    /// <param name="shared">Shared memory, <see cref="MostThreads"/> values.</param>
    /// <param name="value">The thread's value.</param>
    public static float Max(ArrayView<float> shared, float value)
    {
        Group.Barrier();
        shared[Group.IdxX] = value;
        for (var half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            Group.Barrier();
            if (Group.IdxX < half)
            {
                shared[Group.IdxX] = DeviceMath.Max(shared[Group.IdxX], shared[Group.IdxX + half]);
            }
        }

        Group.Barrier();
        return shared[0];
    }
}
