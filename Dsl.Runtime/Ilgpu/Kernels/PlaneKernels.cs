using ILGPU;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>
/// Binary coding of weights as <see cref="BinaryCoding"/> has it, w ≈ Σ αᵢ bᵢ, by a group of threads for each set of weights that shares scales: a greedy start, then rounds of
/// α = (BᵀB)⁻¹ Bᵀw and of the nearest sum to each weight (ShiftAddLLM: You et al. 2024, arXiv 2406.05981). In double precision, as on the CPU.
/// </summary>
internal static class PlaneKernels
{
    /// <summary>The most planes.</summary>
    public const int MostPlanes = 4;

    private const int Codes = 1 << MostPlanes;

    /// <summary>Sums of a round: of products of two planes, and of each plane with the weights.</summary>
    private const int Sums = 10;

    /// <summary>Fits scales and signs.</summary>
    /// <param name="weights">(sets, size).</param>
    /// <param name="signs">±1, (planes, sets, size).</param>
    /// <param name="alphas">(planes, sets).</param>
    /// <param name="shape">The sizes.</param>
    public static void Fit(ArrayView<float> weights, ArrayView<float> signs, ArrayView<float> alphas, PlaneShape shape)
    {
        var sums = SharedMemory.Allocate<double>(DeviceReduce.MostThreads * Sums);
        var scales = SharedMemory.Allocate<double>(MostPlanes);
        var cuts = SharedMemory.Allocate<double>(Codes);
        var codes = SharedMemory.Allocate<int>(Codes + 1); // the last says whether another round is wanted
        var system = SharedMemory.Allocate<double>(MostPlanes * (MostPlanes + 1));
        var first = Grid.IdxX * shape.Size;
        for (var plane = 0; plane < shape.Planes; plane++)
        {
            Greedy(weights, first, shape.Size, plane, scales, sums);
        }

        if (Group.IdxX == 0)
        {
            PlaneSolver.Round(scales, shape);
            PlaneSolver.Order(scales, cuts, codes, shape.Planes);
            codes[Codes] = shape.Planes > 1 ? 1 : 0;
        }

        Group.Barrier();
        for (var round = 0; round < BinaryCoding.DefaultRounds && codes[Codes] != 0; round++)
        {
            Correlate(weights, first, shape, cuts, codes, sums);
            if (Group.IdxX == 0)
            {
                codes[Codes] = PlaneSolver.Solve(sums, system, scales, shape) ? 1 : 0;
                PlaneSolver.Order(scales, cuts, codes, shape.Planes);
            }

            Group.Barrier();
        }

        Store(weights, signs, alphas, shape, scales, cuts, codes);
    }

    /// <summary>The mean magnitude of what the planes before leave.</summary>
    private static void Greedy(ArrayView<float> weights, int first, int size, int plane, ArrayView<double> scales, ArrayView<double> sums)
    {
        var sum = 0.0;
        for (var k = Group.IdxX; k < size; k += Group.DimX)
        {
            double rest = weights[first + k];
            for (var before = 0; before < plane; before++)
            {
                rest = rest >= 0 ? rest - scales[before] : rest + scales[before];
            }

            sum += rest < 0 ? -rest : rest;
        }

        sums[Group.IdxX] = sum;
        Add(sums, 1);
        if (Group.IdxX == 0)
        {
            scales[plane] = sums[0] / size;
        }

        Group.Barrier();
    }

    /// <summary>BᵀB and Bᵀw of the present planes; a plane that is not there counts as +1, and is not read.</summary>
    private static void Correlate(ArrayView<float> weights, int first, PlaneShape shape, ArrayView<double> cuts, ArrayView<int> codes, ArrayView<double> sums)
    {
        double b01 = 0, b02 = 0, b03 = 0, b12 = 0, b13 = 0, b23 = 0, w0 = 0, w1 = 0, w2 = 0, w3 = 0;
        for (var k = Group.IdxX; k < shape.Size; k += Group.DimX)
        {
            double weight = weights[first + k];
            var code = CodeOf(weight, cuts, codes, 1 << shape.Planes);
            double s0 = Sign(code, 0), s1 = Sign(code, 1), s2 = Sign(code, 2), s3 = Sign(code, 3);
            b01 += s0 * s1;
            b02 += s0 * s2;
            b03 += s0 * s3;
            b12 += s1 * s2;
            b13 += s1 * s3;
            b23 += s2 * s3;
            w0 += s0 * weight;
            w1 += s1 * weight;
            w2 += s2 * weight;
            w3 += s3 * weight;
        }

        var place = Group.IdxX * Sums;
        sums[place] = b01;
        sums[place + 1] = b02;
        sums[place + 2] = b03;
        sums[place + 3] = b12;
        sums[place + 4] = b13;
        sums[place + 5] = b23;
        sums[place + 6] = w0;
        sums[place + 7] = w1;
        sums[place + 8] = w2;
        sums[place + 9] = w3;
        Add(sums, Sums);
    }

    /// <summary>Adds up what the threads left, so many values each, in the place of the first.</summary>
    private static void Add(ArrayView<double> sums, int count)
    {
        for (var half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            Group.Barrier();
            if (Group.IdxX < half)
            {
                for (var k = 0; k < count; k++)
                {
                    sums[(Group.IdxX * count) + k] += sums[((Group.IdxX + half) * count) + k];
                }
            }
        }

        Group.Barrier();
    }

    private static void Store(ArrayView<float> weights, ArrayView<float> signs, ArrayView<float> alphas, PlaneShape shape, ArrayView<double> scales, ArrayView<double> cuts, ArrayView<int> codes)
    {
        var first = Grid.IdxX * shape.Size;
        for (var k = Group.IdxX; k < shape.Size; k += Group.DimX)
        {
            var code = CodeOf(weights[first + k], cuts, codes, 1 << shape.Planes);
            for (var plane = 0; plane < shape.Planes; plane++)
            {
                signs[(plane * shape.Sets * shape.Size) + first + k] = Sign(code, plane);
            }
        }

        for (var plane = Group.IdxX; plane < shape.Planes; plane += Group.DimX)
        {
            var scale = scales[plane];
            alphas[(plane * shape.Sets) + Grid.IdxX] = scale > float.MaxValue ? float.MaxValue : (float)scale;
        }
    }

    /// <summary>The code of the nearest sum, of two equally near ones the larger.</summary>
    private static int CodeOf(double weight, ArrayView<double> cuts, ArrayView<int> codes, int count)
    {
        var cell = 0;
        for (var k = 0; k < count - 1; k++)
        {
            cell += weight >= cuts[k] ? 1 : 0;
        }

        return codes[cell];
    }

    private static float Sign(int code, int plane) => ((code >> plane) & 1) == 1 ? 1f : -1f;
}

/// <summary>The sizes of a fit of binary planes.</summary>
/// <param name="Sets">Sets of weights that share scales.</param>
/// <param name="Size">Weights of a set.</param>
/// <param name="Planes">Planes.</param>
/// <param name="Scales">What scales may be: a <see cref="BinaryScales"/>.</param>
internal readonly record struct PlaneShape(int Sets, int Size, int Planes, int Scales);
