using System.Globalization;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>An access of a thread to global memory.</summary>
/// <param name="Line">The instruction.</param>
/// <param name="Time">How many times the thread had run it before.</param>
/// <param name="Address">The first byte.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="IsStore">Whether it stores.</param>
internal readonly record struct PtxAccess(int Line, int Time, long Address, int Bytes, bool IsStore);

/// <summary>
/// Runs one thread of a kernel by interpreting its PTX, and writes down where it reaches into global memory. All values loaded from there are 0 and barriers are passed: where a
/// kernel reaches does not depend on values.
/// </summary>
internal sealed class PtxThread(PtxText ptx, IReadOnlyDictionary<string, long> parameters, IReadOnlyDictionary<string, long> special)
{
    private const int MostSteps = 200_000;

    private readonly Dictionary<string, long> registers = [];
    private readonly Dictionary<int, int> times = [];
    private readonly List<PtxAccess> accesses = [];

    /// <summary>The accesses, in order.</summary>
    public IReadOnlyList<PtxAccess> Run()
    {
        var at = 0;
        for (var steps = 0; at < ptx.Instructions.Count; steps++)
        {
            Assert.True(steps < MostSteps, "The thread does not end.");
            var instruction = ptx.Instructions[at];
            if (instruction.Guard.Length > 0 && (registers[instruction.Guard.Trim('@', '!')] != 0) == instruction.Guard.Contains('!'))
            {
                at++;
                continue;
            }

            if (instruction.Operation == "ret")
            {
                break;
            }

            at = instruction.Operation.StartsWith("bra", StringComparison.Ordinal) ? Target(instruction.Operands[0]) : Execute(instruction, at);
        }

        return accesses;
    }

    private int Target(string label) => ptx.Instructions.TakeWhile(instruction => instruction.Line < ptx.Labels[label]).Count();

    private int Execute(PtxInstruction instruction, int at)
    {
        var parts = instruction.Operation.Split('.');
        switch (parts[0])
        {
            case "bar" or "membar":
                break;
            case "st" or "ld" when parts[1] == "global":
                Access(instruction, parts[0] == "st");
                break;
            case "st":
                break;
            case "ld" when parts[1] == "param":
                registers[instruction.Operands[0]] = Parameter(instruction.Operands[1]);
                break;
            case "ld":
                Clear(instruction.Operands[0]);
                break;
            case "call":
                throw new NotSupportedException($"Line {instruction.Line}: a call");
            default:
                registers[instruction.Operands[0]] = Compute(parts, [.. instruction.Operands.Skip(1).Select(operand => Value(operand, parts[^1]))]);
                break;
        }

        return at + 1;
    }

    private void Access(PtxInstruction instruction, bool isStore)
    {
        var place = instruction.Operands[isStore ? 0 : 1].Trim('[', ']').Split('+');
        var address = registers[place[0]] + (place.Length > 1 ? long.Parse(place[1], CultureInfo.InvariantCulture) : 0);
        times[instruction.Line] = times.GetValueOrDefault(instruction.Line) + 1;
        accesses.Add(new PtxAccess(instruction.Line, times[instruction.Line] - 1, address, PtxText.BytesOf(instruction), isStore));
        if (!isStore)
        {
            Clear(instruction.Operands[0]);
        }
    }

    private void Clear(string operands)
    {
        foreach (var register in operands.Trim('{', '}').Split(','))
        {
            registers[register.Trim()] = 0;
        }
    }

    /// <summary>The parameter that the compiler calls <c>[_shape_28601+8]</c> is <c>shape+8</c> here.</summary>
    private long Parameter(string operand)
    {
        var parts = operand.Trim('[', ']').Split('+');
        var name = parts[0][1..parts[0].LastIndexOf('_')] + "+" + (parts.Length > 1 ? parts[1] : "0");
        return parameters.GetValueOrDefault(name);
    }

    private long Value(string operand, string type)
    {
        if (special.TryGetValue(operand, out var known))
        {
            return known;
        }

        if (operand.StartsWith("0f", StringComparison.Ordinal))
        {
            return long.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        if (operand.StartsWith('%'))
        {
            return registers[operand];
        }

        return long.TryParse(operand, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : type.Length > 0 && operand.StartsWith("__shared", StringComparison.Ordinal) ? 0 : throw new FormatException($"Unknown operand {operand}.");
    }

    private static long Compute(string[] parts, long[] x)
    {
        var type = parts[^1];
        if (type == "f32" && parts[0] is not ("mov" or "cvt" or "selp" or "setp"))
        {
            return Bits(parts[0] switch
            {
                "add" => Float(x[0]) + Float(x[1]),
                "sub" => Float(x[0]) - Float(x[1]),
                "mul" => Float(x[0]) * Float(x[1]),
                "fma" or "mad" => (Float(x[0]) * Float(x[1])) + Float(x[2]),
                "div" => Float(x[0]) / Float(x[1]),
                "neg" => -Float(x[0]),
                "sqrt" => MathF.Sqrt(Float(x[0])),
                _ => throw new NotSupportedException(string.Join('.', parts)),
            });
        }

        return parts[0] switch
        {
            "mov" or "cvta" => x[0],
            "cvt" => Convert(parts, x[0]),
            "add" => Wrap(type, x[0] + x[1]),
            "sub" => Wrap(type, x[0] - x[1]),
            "mul" when parts.Contains("wide") => (type[0] == 'u' ? (uint)x[0] : (int)x[0]) * x[1],
            "mul" => Wrap(type, x[0] * x[1]),
            "mad" when parts.Contains("wide") => (x[0] * x[1]) + x[2],
            "mad" => Wrap(type, (x[0] * x[1]) + x[2]),
            "div" => x[1] == 0 ? 0 : x[0] / x[1],
            "rem" => x[1] == 0 ? 0 : x[0] % x[1],
            "min" => Math.Min(x[0], x[1]),
            "max" => Math.Max(x[0], x[1]),
            "shl" => Wrap(type, x[0] << (int)x[1]),
            "shr" => type[0] == 's' ? x[0] >> (int)x[1] : (long)((ulong)(type.EndsWith("32", StringComparison.Ordinal) ? x[0] & 0xFFFFFFFF : x[0]) >> (int)x[1]),
            "and" => x[0] & x[1],
            "or" => x[0] | x[1],
            "xor" => x[0] ^ x[1],
            "not" when type == "pred" => x[0] == 0 ? 1 : 0,
            "not" => Wrap(type, ~x[0]),
            "neg" => Wrap(type, -x[0]),
            "selp" => x[2] != 0 ? x[0] : x[1],
            "setp" => Holds(parts[1], type, x[0], x[1]) ? 1 : 0,
            _ => throw new NotSupportedException(string.Join('.', parts)),
        };
    }

    private static bool Holds(string comparison, string type, long a, long b)
    {
        var order = type == "f32" ? Float(a).CompareTo(Float(b)) : type[0] == 'u' ? ((ulong)a & 0xFFFFFFFF).CompareTo((ulong)b & 0xFFFFFFFF) : a.CompareTo(b);
        return comparison switch
        {
            "eq" => order == 0,
            "ne" or "neu" => order != 0,
            "lt" or "lo" or "ltu" => order < 0,
            "le" or "ls" or "leu" => order <= 0,
            "gt" or "hi" or "gtu" => order > 0,
            "ge" or "hs" or "geu" => order >= 0,
            _ => throw new NotSupportedException(comparison),
        };
    }

    private static long Convert(string[] parts, long x)
    {
        var (to, from) = (parts[^2], parts[^1]);
        var value = from == "f32" ? (double)Float(x) : x;
        return to == "f32" ? Bits((float)value) : from == "f32" ? (long)Math.Truncate(value) : Wrap(to, x);
    }

    private static long Wrap(string type, long value) => type.EndsWith("32", StringComparison.Ordinal) ? type[0] == 'u' ? (uint)value : (int)value : value;

    private static float Float(long bits) => BitConverter.Int32BitsToSingle((int)bits);

    private static long Bits(float value) => BitConverter.SingleToInt32Bits(value);
}
