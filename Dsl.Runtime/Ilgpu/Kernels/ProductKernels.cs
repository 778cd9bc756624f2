using ILGPU;
using LayerDsl.Ilgpu.Inputs;
using LayerDsl.Ilgpu.Weights;

namespace LayerDsl.Ilgpu.Kernels;

/// <summary>The sizes of a product, and where the matrices of a batch of products start.</summary>
/// <param name="Rows">Rows of the inputs.</param>
/// <param name="Outputs">Rows of the weights.</param>
/// <param name="Columns">Columns of both.</param>
/// <param name="InputStart">The start of the inputs.</param>
/// <param name="WeightStart">The start of the weights.</param>
/// <param name="OutputStart">The start of the outputs.</param>
internal readonly record struct ProductShape(int Rows, int Outputs, Columns Columns, Segment InputStart, Segment WeightStart, Segment OutputStart);

/// <summary>y[r,o] = f(Σ_i x[r,i] · W[o,i] + b[o]): every product of the folded layers, whatever inputs and weights are made of.</summary>
internal static class ProductKernels
{
    /// <summary>Outputs along a side of a thread's own square.</summary>
    public const int Square = 4;

    /// <summary>Octets of columns that lie in shared memory at a time.</summary>
    public const int OctetsAtOnce = 4;

    /// <summary>Columns that lie in shared memory at a time.</summary>
    public const int ColumnsAtOnce = OctetsAtOnce * Octet.Count;

    /// <summary>Outputs that one group of <see cref="Dot"/> computes: each octet of inputs is loaded once for all of them.</summary>
    public const int OutputsPerGroup = 4;

    /// <summary>The most threads of a group of <see cref="Dot"/>.</summary>
    public const int MostDotThreads = 128;

    /// <summary>
    /// A square of outputs for each group of threads. Octets of inputs and weights go through shared memory, columns first, so that the inner loop reads two vectors for
    /// sixteen products. Rows past the end are computed from the last row and not stored.
    /// </summary>
    public static void Tiled<TTile, TInputs, TWeights, TOutputs>(ProductShape shape, TInputs x, TWeights weights, TOutputs place, ArrayView<float> y, SumEpilogue epilogue)
        where TTile : struct, ITile
        where TInputs : struct, IInputs
        where TWeights : struct, IWeights
        where TOutputs : struct, IOutputs
    {
        var side = default(TTile).Side;
        var threads = side / Square;
        var thread = Group.IdxX;
        var sharedX = SharedMemory.Allocate<Float4>(ColumnsAtOnce * (side / Square));
        var sharedW = SharedMemory.Allocate<Float4>(ColumnsAtOnce * (side / Square));
        var levels = SharedMemory.Allocate<float>(weights.SharedLevels);
        FillLevels(levels, weights, thread, threads * threads);
        Group.Barrier();

        // A thread loads octets of one row only: what is the same for all of them stays outside of the loops.
        var own = thread & (side - 1);
        var firstOctet = thread / side;
        var octetStep = threads * threads / side;
        var row = Math.Min((Grid.IdxX * side) + own, shape.Rows - 1);
        var output = Math.Min((Grid.IdxY * side) + own, shape.Outputs - 1);
        var inputRow = x.Find(shape.InputStart.Of(Grid.IdxZ), row);
        var weightStart = shape.WeightStart.Of(Grid.IdxZ);
        var across = thread & (threads - 1);
        var down = thread / threads;
        var rowSquare = place.RowsAreNeighbours ? across : down;
        var outputSquare = place.RowsAreNeighbours ? down : across;
        var sums = default(SquareSums);
        var valuesX = sharedX.Cast<float>();
        var valuesW = sharedW.Cast<float>();

        for (var first = 0; first < shape.Columns.Octets; first += OctetsAtOnce)
        {
            for (var part = firstOctet; part < OctetsAtOnce; part += octetStep)
            {
                var octet = first + part;
                var group = shape.Columns.GroupOf(octet);
                var column = shape.Columns.First(octet, group);
                var end = shape.Columns.End(group);
                Spread(valuesX, side, own, part, octet < shape.Columns.Octets ? x.Load(inputRow, column, end) : Octet.Zero);
                Spread(valuesW, side, own, part, octet < shape.Columns.Octets ? weights.Load(levels, weightStart, output, octet, group, column, end) : Octet.Zero);
            }

            Group.Barrier();
            for (var k = 0; k < ColumnsAtOnce; k++)
            {
                sums.Add(sharedX[(k * threads) + rowSquare], sharedW[(k * threads) + outputSquare]);
            }

            Group.Barrier();
        }

        var target = new SquareTarget((Grid.IdxX * side) + (rowSquare * Square), (Grid.IdxY * side) + (outputSquare * Square), shape.OutputStart.Of(Grid.IdxZ), epilogue.Start(Grid.IdxZ));
        sums.Store(shape, target, place, y, epilogue);
    }

    /// <summary>
    /// Four outputs of one row for each group of threads, which share the columns among them: for few rows, where a product is as fast as the weights are read. Each
    /// weight is read once, neighbouring threads read neighbouring octets.
    /// </summary>
    public static void Dot<TInputs, TWeights, TOutputs>(ProductShape shape, TInputs x, TWeights weights, TOutputs place, ArrayView<float> y, SumEpilogue epilogue)
        where TInputs : struct, IInputs
        where TWeights : struct, IWeights
        where TOutputs : struct, IOutputs
    {
        var thread = Group.IdxX;
        var threads = Group.DimX;
        var shared = SharedMemory.Allocate<Float4>(MostDotThreads);
        var levels = SharedMemory.Allocate<float>(weights.SharedLevels);
        FillLevels(levels, weights, thread, threads);
        Group.Barrier();

        var row = Grid.IdxY;
        var first = Grid.IdxX * OutputsPerGroup;
        var last = shape.Outputs - 1;
        var inputRow = x.Find(shape.InputStart.Of(Grid.IdxZ), row);
        var start = shape.WeightStart.Of(Grid.IdxZ);
        var sums = new Float4(0, 0, 0, 0);
        for (var octet = thread; octet < shape.Columns.Octets; octet += threads)
        {
            var group = shape.Columns.GroupOf(octet);
            var column = shape.Columns.First(octet, group);
            var end = shape.Columns.End(group);
            var values = x.Load(inputRow, column, end);
            sums.X = Octet.MultiplyAdd(values, weights.Load(levels, start, first, octet, group, column, end), sums.X);
            sums.Y = Octet.MultiplyAdd(values, weights.Load(levels, start, Math.Min(first + 1, last), octet, group, column, end), sums.Y);
            sums.Z = Octet.MultiplyAdd(values, weights.Load(levels, start, Math.Min(first + 2, last), octet, group, column, end), sums.Z);
            sums.W = Octet.MultiplyAdd(values, weights.Load(levels, start, Math.Min(first + 3, last), octet, group, column, end), sums.W);
        }

        shared[thread] = sums;
        for (var half = threads >> 1; half > 0; half >>= 1)
        {
            Group.Barrier();
            if (thread < half)
            {
                var (a, b) = (shared[thread], shared[thread + half]);
                shared[thread] = new Float4(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);
            }
        }

        if (thread == 0)
        {
            var target = new SquareTarget(row, first, shape.OutputStart.Of(Grid.IdxZ), epilogue.Start(Grid.IdxZ));
            SquareSums.StoreRow(shape, target, place, y, epilogue, 0, shared[0]);
        }
    }

    private static void FillLevels<TWeights>(ArrayView<float> levels, TWeights weights, int thread, int threads)
        where TWeights : struct, IWeights
    {
        for (var code = thread; code < weights.Levels; code += threads)
        {
            levels[code] = weights.Level(code);
        }
    }

    /// <summary>Column after column, so that threads of neighbouring rows write neighbouring words.</summary>
    private static void Spread(ArrayView<float> shared, int side, int row, int part, Octet octet)
    {
        var place = (part * Octet.Count * side) + row;
        shared[place] = octet.Low.X;
        shared[place + side] = octet.Low.Y;
        shared[place + (2 * side)] = octet.Low.Z;
        shared[place + (3 * side)] = octet.Low.W;
        shared[place + (4 * side)] = octet.High.X;
        shared[place + (5 * side)] = octet.High.Y;
        shared[place + (6 * side)] = octet.High.Z;
        shared[place + (7 * side)] = octet.High.W;
    }
}
