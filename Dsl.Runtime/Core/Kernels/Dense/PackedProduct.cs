using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace LayerDsl;

/// <summary>Products with a packed weight, in one vector width: of one row, which runs at the speed at which the weight is read, or of many.</summary>
internal static unsafe class PackedProduct<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Inputs at a time of many rows: a panel of them stays in the first-level cache while the rows go by.</summary>
    private const int InputsAtOnce = 256;

    /// <summary>Rows at a time: with their inputs in the second-level cache.</summary>
    private const int RowsAtOnce = 132;

    /// <summary>Multiplications below which a part is not worth its hand-over to another thread: some microseconds.</summary>
    private const long LeastProducts = 64 * 1024;

    /// <summary>At most so many sums of a part, which stay in the second-level cache as well.</summary>
    private const int MaxSums = 32 * 1024;

    public static void Multiply(PackedMatrix weight, ReadOnlySpan<float> x, Span<float> y, int rows, ReadOnlySpan<float> bias, in Epilogue epilogue)
    {
        if (rows == 1)
        {
            if (weight.IsBFloat16)
            {
                MultiplyOne<BFloat16Panels>(weight, x, y, bias, epilogue);
            }
            else
            {
                MultiplyOne<Float32Panels>(weight, x, y, bias, epilogue);
            }

            return;
        }

        using var packed = new PooledBuffer(rows > TileRows.Max ? x.Length : 0);
        if (rows > TileRows.Max)
        {
            var pack = new PackedRows(x, packed.Span, rows, weight.Inputs, RowsAtOnce);
            WorkerTeam.Shared.Run(ref pack, pack.Parts);
        }

        var many = new ManyRows(weight, packed.Span.IsEmpty ? x : packed.Span, !packed.Span.IsEmpty, y, rows, bias, epilogue);
        WorkerTeam.Shared.Run(ref many, many.Parts);
    }

    private static void MultiplyOne<TStorage>(PackedMatrix weight, ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<float> bias, in Epilogue epilogue)
        where TStorage : struct, IPanelStorage
    {
        var least = (int)Math.Clamp(LeastProducts / ((long)weight.PanelWidth * weight.Inputs), PanelDot<TSimd, TVector, TStorage>.Many, int.MaxValue);
        var parts = WorkerTeam.Shared.Parts(weight.Panels, least);
        var one = new OneRow<TStorage>(weight, x, y, bias, epilogue, parts);
        WorkerTeam.Shared.Run(ref one, parts);
    }

    /// <summary>One row: each part some panels.</summary>
    private readonly ref struct OneRow<TStorage> : IWork
        where TStorage : struct, IPanelStorage
    {
        private readonly PackedMatrix weight;
        private readonly ReadOnlySpan<float> x;
        private readonly Span<float> y;
        private readonly ReadOnlySpan<float> bias;
        private readonly Epilogue epilogue;
        private readonly int parts;

        public OneRow(PackedMatrix weight, ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<float> bias, in Epilogue epilogue, int parts)
        {
            this.weight = weight;
            this.x = x;
            this.y = y;
            this.bias = bias;
            this.epilogue = epilogue;
            this.parts = parts;
        }

        public void Run(int part)
        {
            var (first, last) = (Edge(part), Edge(part + 1));
            var width = weight.PanelWidth;
            fixed (float* input = x, output = y)
            {
                for (var panel = first; panel < last;)
                {
                    panel += Sums(input, panel, last, output + (panel * width));
                }
            }

            var start = first * width;
            var length = Math.Min(last * width, weight.Outputs) - start;
            var done = y.Slice(start, length);
            if (!bias.IsEmpty)
            {
                TensorPrimitives.Add(done, bias.Slice(start, length), done);
            }

            epilogue.Slice(start, length).Finish(done);
        }

        /// <summary>The first panel of a part: a multiple of those that are read at once.</summary>
        private int Edge(int part) =>
            part == parts ? weight.Panels : (int)((long)weight.Panels * part / parts) / PanelDot<TSimd, TVector, TStorage>.Many * PanelDot<TSimd, TVector, TStorage>.Many;

        /// <summary>The sums of one panel or of several; returns how many.</summary>
        private int Sums(float* input, int panel, int last, float* output)
        {
            var width = weight.PanelWidth;
            var from = weight.Panel(panel, 0);
            if (last - panel >= PanelDot<TSimd, TVector, TStorage>.Many && (panel + PanelDot<TSimd, TVector, TStorage>.Many) * width <= weight.Outputs)
            {
                PanelDot<TSimd, TVector, TStorage>.Four(input, from, weight.PanelLength, weight.Inputs, output);
                return PanelDot<TSimd, TVector, TStorage>.Many;
            }

            if ((panel + 1) * width <= weight.Outputs)
            {
                PanelDot<TSimd, TVector, TStorage>.One(input, from, weight.Inputs, output);
                return 1;
            }

            var rest = stackalloc float[width];
            PanelDot<TSimd, TVector, TStorage>.One(input, from, weight.Inputs, rest);
            new ReadOnlySpan<float>(rest, weight.Outputs - (panel * width)).CopyTo(y[(panel * width)..]);
            return 1;
        }
    }

    /// <summary>Many rows: each part some panels of some rows, whose sums stay in a buffer until they are complete.</summary>
    private readonly ref struct ManyRows : IWork
    {
        private readonly PackedMatrix weight;
        private readonly ReadOnlySpan<float> x;
        private readonly bool isPacked;
        private readonly Span<float> y;
        private readonly int rows;
        private readonly ReadOnlySpan<float> bias;
        private readonly Epilogue epilogue;
        private readonly int panelsAtOnce;
        private readonly int groups;

        public ManyRows(
            PackedMatrix weight, ReadOnlySpan<float> x, bool isPacked, Span<float> y, int rows, ReadOnlySpan<float> bias, in Epilogue epilogue)
        {
            this.weight = weight;
            this.x = x;
            this.isPacked = isPacked;
            this.y = y;
            this.rows = rows;
            this.bias = bias;
            this.epilogue = epilogue;
            var blocks = (rows + RowsAtOnce - 1) / RowsAtOnce;
            var block = Math.Min(rows, RowsAtOnce);
            var least = (int)Math.Clamp(LeastProducts / ((long)weight.PanelWidth * weight.Inputs * block), 1, weight.Panels);
            var wanted = Math.Max(1, WorkerTeam.Shared.Parts(weight.Panels * blocks, least) / blocks);
            panelsAtOnce = Math.Clamp((weight.Panels + wanted - 1) / wanted, 1, Math.Max(1, MaxSums / (block * weight.PanelWidth)));
            groups = (weight.Panels + panelsAtOnce - 1) / panelsAtOnce;
            Parts = groups * blocks;
        }

        public int Parts { get; }

        public void Run(int part)
        {
            var (firstRow, firstPanel) = (part / groups * RowsAtOnce, part % groups * panelsAtOnce);
            var count = Math.Min(RowsAtOnce, rows - firstRow);
            var panels = Math.Min(panelsAtOnce, weight.Panels - firstPanel);
            var stride = panels * weight.PanelWidth;
            using var buffer = new PooledBuffer(count * stride);
            using var decoded = new PooledBuffer(weight.IsBFloat16 ? InputsAtOnce * weight.PanelWidth : 0);
            var sums = buffer.Span;
            fixed (float* input = x, c = sums, floats = decoded.Span)
            {
                for (var first = 0; first < weight.Inputs; first += InputsAtOnce)
                {
                    var inputs = Math.Min(InputsAtOnce, weight.Inputs - first);
                    for (var panel = 0; panel < panels; panel++)
                    {
                        var b = weight.Panel(firstPanel + panel, first);
                        if (weight.IsBFloat16)
                        {
                            Decode(b, inputs, floats);
                            b = floats;
                        }

                        Columns(input, firstRow, count, b, first, inputs, c + (panel * weight.PanelWidth), stride);
                    }
                }
            }

            Finish(sums, stride, firstRow, count, firstPanel * weight.PanelWidth);
        }

        /// <summary>Makes floats of a part of a panel, once for all rows.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Decode(float* panel, int inputs, float* floats)
        {
            for (; inputs > 0; inputs--, panel += TSimd.Count, floats += 2 * TSimd.Count)
            {
                BFloat16Panels.Read<TSimd, TVector>(panel, out var left, out var right);
                TSimd.Store(floats, left);
                TSimd.Store(floats + TSimd.Count, right);
            }
        }

        /// <summary>The product of all rows with a part of a panel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Columns(float* input, int firstRow, int count, float* b, int first, int inputs, float* c, int stride)
        {
            for (var row = 0; row < count;)
            {
                var taken = TileRows.Of(count - row);
                var a = input + ((nint)(firstRow + row) * weight.Inputs) + ((nint)first * (isPacked ? taken : 1));
                var (places, to) = (new StridedPlaces(b, weight.PanelWidth), row * stride);
                if (isPacked)
                {
                    Tile<TSimd, TVector>.Multiply(taken, new PackedFactors(a), places, inputs, c + to, stride, add: first > 0);
                }
                else
                {
                    Tile<TSimd, TVector>.Multiply(taken, new RowFactors(a, weight.Inputs), places, inputs, c + to, stride, add: first > 0);
                }

                row += taken;
            }
        }

        private void Finish(ReadOnlySpan<float> sums, int stride, int firstRow, int count, int firstOutput)
        {
            var length = Math.Min(stride, weight.Outputs - firstOutput);
            for (var row = 0; row < count; row++)
            {
                var from = sums.Slice(row * stride, length);
                var start = ((firstRow + row) * weight.Outputs) + firstOutput;
                var to = y.Slice(start, length);
                if (bias.IsEmpty)
                {
                    from.CopyTo(to);
                }
                else
                {
                    TensorPrimitives.Add(from, bias.Slice(firstOutput, length), to);
                }

                epilogue.Slice(start, length).Finish(to);
            }
        }
    }
}
