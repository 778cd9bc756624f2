namespace LayerDsl.Tests.Torch;

/// <summary>Every scheme on a weight of 5 × 6, of one row and of one number.</summary>
public static partial class EdgeLayers
{
    public static IReadOnlyDictionary<string, (Scheme Scheme, Func<Layer>[] Shapes)> All { get; } = new Dictionary<string, (Scheme, Func<Layer>[])>
    {
        ["Uniform8"] = (Scheme.Uniform, [() => new Uniform8(), () => new Uniform8Row(), () => new Uniform8Single()]),
        ["Uniform1"] = (Scheme.Uniform, [() => new Uniform1(), () => new Uniform1Row(), () => new Uniform1Single()]),
        ["Asymmetric4"] = (Scheme.Uniform, [() => new Asymmetric4(), () => new Asymmetric4Row(), () => new Asymmetric4Single()]),
        ["Log2"] = (Scheme.Log2, [() => new Log2(), () => new Log2Row(), () => new Log2Single()]),
        ["LogSqrt2"] = (Scheme.LogSqrt2, [() => new LogSqrt2(), () => new LogSqrt2Row(), () => new LogSqrt2Single()]),
        ["StatsQ4"] = (Scheme.StatsQ, [() => new StatsQ4(), () => new StatsQ4Row(), () => new StatsQ4Single()]),
        ["StatsQ1"] = (Scheme.StatsQ, [() => new StatsQ1(), () => new StatsQ1Row(), () => new StatsQ1Single()]),
        ["Lsq"] = (Scheme.Lsq, [() => new Lsq(), () => new LsqRow(), () => new LsqSingle()]),
        ["Nf4"] = (Scheme.Nf4, [() => new Nf4(), () => new Nf4Row(), () => new Nf4Single()]),
        ["Fp4E2M1"] = (Scheme.Fp4E2M1, [() => new Fp4E2M1(), () => new Fp4E2M1Row(), () => new Fp4E2M1Single()]),
        ["Fp4E3M0"] = (Scheme.Fp4E3M0, [() => new Fp4E3M0(), () => new Fp4E3M0Row(), () => new Fp4E3M0Single()]),
        ["Fp8E4M3"] = (Scheme.Fp8E4M3, [() => new Fp8E4M3(), () => new Fp8E4M3Row(), () => new Fp8E4M3Single()]),
        ["Fp8E5M2"] = (Scheme.Fp8E5M2, [() => new Fp8E5M2(), () => new Fp8E5M2Row(), () => new Fp8E5M2Single()]),
        ["Apot"] = (Scheme.Apot, [() => new Apot(), () => new ApotRow(), () => new ApotSingle()]),
        ["DoReFa4"] = (Scheme.DoReFa, [() => new DoReFa4(), () => new DoReFa4Row(), () => new DoReFa4Single()]),
        ["Binary1"] = (Scheme.Binary, [() => new Binary1(), () => new Binary1Row(), () => new Binary1Single()]),
        ["Binary3"] = (Scheme.Binary, [() => new Binary3(), () => new Binary3Row(), () => new Binary3Single()]),
    };

    [Linear(6, 5), Quantize]
    public sealed partial class Uniform8;

    [Linear(7, 1), Quantize]
    public sealed partial class Uniform8Row;

    [Linear(1, 1), Quantize]
    public sealed partial class Uniform8Single;

    [Linear(6, 5), Quantize(Bits = 1)]
    public sealed partial class Uniform1;

    [Linear(7, 1), Quantize(Bits = 1)]
    public sealed partial class Uniform1Row;

    [Linear(1, 1), Quantize(Bits = 1)]
    public sealed partial class Uniform1Single;

    [Linear(6, 5), Quantize(Bits = 4, Symmetric = false)]
    public sealed partial class Asymmetric4;

    [Linear(7, 1), Quantize(Bits = 4, Symmetric = false)]
    public sealed partial class Asymmetric4Row;

    [Linear(1, 1), Quantize(Bits = 4, Symmetric = false)]
    public sealed partial class Asymmetric4Single;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.Log2)]
    public sealed partial class Log2;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.Log2)]
    public sealed partial class Log2Row;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.Log2)]
    public sealed partial class Log2Single;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.LogSqrt2)]
    public sealed partial class LogSqrt2;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.LogSqrt2)]
    public sealed partial class LogSqrt2Row;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.LogSqrt2)]
    public sealed partial class LogSqrt2Single;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQ4;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQ4Row;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQ4Single;

    [Linear(6, 5), Quantize(Bits = 1, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQ1;

    [Linear(7, 1), Quantize(Bits = 1, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQ1Row;

    [Linear(1, 1), Quantize(Bits = 1, Scheme = Scheme.StatsQ)]
    public sealed partial class StatsQ1Single;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.Lsq)]
    public sealed partial class Lsq;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.Lsq)]
    public sealed partial class LsqRow;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.Lsq)]
    public sealed partial class LsqSingle;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.Nf4)]
    public sealed partial class Nf4;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.Nf4)]
    public sealed partial class Nf4Row;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.Nf4)]
    public sealed partial class Nf4Single;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.Fp4E2M1)]
    public sealed partial class Fp4E2M1;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.Fp4E2M1)]
    public sealed partial class Fp4E2M1Row;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.Fp4E2M1)]
    public sealed partial class Fp4E2M1Single;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.Fp4E3M0)]
    public sealed partial class Fp4E3M0;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.Fp4E3M0)]
    public sealed partial class Fp4E3M0Row;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.Fp4E3M0)]
    public sealed partial class Fp4E3M0Single;

    [Linear(6, 5), Quantize(Scheme = Scheme.Fp8E4M3)]
    public sealed partial class Fp8E4M3;

    [Linear(7, 1), Quantize(Scheme = Scheme.Fp8E4M3)]
    public sealed partial class Fp8E4M3Row;

    [Linear(1, 1), Quantize(Scheme = Scheme.Fp8E4M3)]
    public sealed partial class Fp8E4M3Single;

    [Linear(6, 5), Quantize(Scheme = Scheme.Fp8E5M2)]
    public sealed partial class Fp8E5M2;

    [Linear(7, 1), Quantize(Scheme = Scheme.Fp8E5M2)]
    public sealed partial class Fp8E5M2Row;

    [Linear(1, 1), Quantize(Scheme = Scheme.Fp8E5M2)]
    public sealed partial class Fp8E5M2Single;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.Apot)]
    public sealed partial class Apot;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.Apot)]
    public sealed partial class ApotRow;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.Apot)]
    public sealed partial class ApotSingle;

    [Linear(6, 5), Quantize(Bits = 4, Scheme = Scheme.DoReFa)]
    public sealed partial class DoReFa4;

    [Linear(7, 1), Quantize(Bits = 4, Scheme = Scheme.DoReFa)]
    public sealed partial class DoReFa4Row;

    [Linear(1, 1), Quantize(Bits = 4, Scheme = Scheme.DoReFa)]
    public sealed partial class DoReFa4Single;

    [Linear(6, 5), Quantize(Bits = 1, Scheme = Scheme.Binary)]
    public sealed partial class Binary1;

    [Linear(7, 1), Quantize(Bits = 1, Scheme = Scheme.Binary)]
    public sealed partial class Binary1Row;

    [Linear(1, 1), Quantize(Bits = 1, Scheme = Scheme.Binary)]
    public sealed partial class Binary1Single;

    [Linear(6, 5), Quantize(Bits = 3, Scheme = Scheme.Binary, Scales = BinaryScales.AdditivePowerOfTwo)]
    public sealed partial class Binary3;

    [Linear(7, 1), Quantize(Bits = 3, Scheme = Scheme.Binary, Scales = BinaryScales.AdditivePowerOfTwo)]
    public sealed partial class Binary3Row;

    [Linear(1, 1), Quantize(Bits = 3, Scheme = Scheme.Binary, Scales = BinaryScales.AdditivePowerOfTwo)]
    public sealed partial class Binary3Single;
}
