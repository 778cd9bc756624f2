using System.Globalization;
using System.Text.RegularExpressions;

namespace LayerDsl.Tests.Ilgpu;

/// <summary>One instruction of PTX.</summary>
/// <param name="Line">Its line.</param>
/// <param name="Guard">The predicate that it depends on, with its negation; empty for none.</param>
/// <param name="Operation">The operation with its types: <c>ld.global.v4.f32</c>.</param>
/// <param name="Operands">Its operands.</param>
internal sealed record PtxInstruction(int Line, string Guard, string Operation, IReadOnlyList<string> Operands);

/// <summary>A kernel's PTX, read line by line: the body of the entry, and the functions that it calls apart.</summary>
internal sealed partial class PtxText
{
    private static readonly Regex Register = RegisterPattern();
    private static readonly Regex Instruction = InstructionPattern();

    public PtxText(string text)
    {
        Text = text;
        var lines = text.Split('\n').Select(line => line.Trim()).ToArray();
        var start = Array.FindIndex(lines, line => line.StartsWith(".visible .entry", StringComparison.Ordinal));
        Assert.True(start >= 0, "The PTX has no entry.");
        var instructions = new List<PtxInstruction>();
        var registers = new Dictionary<string, int>();
        for (var line = start; line < lines.Length; line++)
        {
            if (Register.Match(lines[line]) is { Success: true } register)
            {
                registers[register.Groups[1].Value] = int.Parse(register.Groups[2].Value, CultureInfo.InvariantCulture) - 1;
            }
            else if (lines[line].EndsWith(':'))
            {
                Labels[lines[line][..^1]] = line;
            }
            else if (Instruction.Match(lines[line]) is { Success: true } match)
            {
                instructions.Add(new PtxInstruction(line, match.Groups[1].Value.Trim(), match.Groups[2].Value, Split(match.Groups[3].Value)));
            }
        }

        Instructions = instructions;
        Registers = registers;
        Loops = PtxLoops.Find(instructions, Labels);
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>The number of the architecture that the text is for.</summary>
    public int Target => int.Parse(TargetPattern().Match(Text).Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>The instructions of the entry.</summary>
    public IReadOnlyList<PtxInstruction> Instructions { get; }

    /// <summary>The line of each label.</summary>
    public Dictionary<string, int> Labels { get; } = [];

    /// <summary>How many registers of each type are declared.</summary>
    public IReadOnlyDictionary<string, int> Registers { get; }

    /// <summary>The bytes of shared memory that are declared.</summary>
    public int SharedBytes => SharedPattern().Matches(Text).Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    /// <summary>The loops.</summary>
    public IReadOnlyList<PtxLoop> Loops { get; }

    /// <summary>The loops that hold no other.</summary>
    public IEnumerable<PtxLoop> InnerLoops => Loops.Where(loop => !Loops.Any(loop.Contains));

    /// <summary>The instructions of a loop, or of the entry.</summary>
    public IEnumerable<PtxInstruction> Of(PtxLoop? loop) => loop is null ? Instructions : Instructions.Where(instruction => loop.Lines.Contains(instruction.Line));

    /// <summary>The bytes that an instruction loads or stores.</summary>
    public static int BytesOf(PtxInstruction access)
    {
        var parts = access.Operation.Split('.');
        var count = parts.FirstOrDefault(part => part is "v2" or "v4") is { } vector ? vector[1] - '0' : 1;
        return count * int.Parse(parts[^1][1..], CultureInfo.InvariantCulture) / 8;
    }

    /// <summary>At commas outside of braces.</summary>
    private static List<string> Split(string operands)
    {
        var parts = new List<string>();
        var (depth, from) = (0, 0);
        for (var k = 0; k <= operands.Length; k++)
        {
            if (k == operands.Length || (operands[k] == ',' && depth == 0))
            {
                parts.Add(operands[from..k].Trim());
                from = k + 1;
            }
            else
            {
                depth += operands[k] switch { '{' or '(' or '[' => 1, '}' or ')' or ']' => -1, _ => 0 };
            }
        }

        return parts;
    }

    [GeneratedRegex(@"^\.target sm_(\d+)", RegexOptions.Multiline)]
    private static partial Regex TargetPattern();

    [GeneratedRegex(@"\.shared [^;]*\[(\d+)\];")]
    private static partial Regex SharedPattern();

    [GeneratedRegex(@"^\.reg \.(\w+)\s+%\w+<(\d+)>;$")]
    private static partial Regex RegisterPattern();

    [GeneratedRegex(@"^(@!?%p\d+ +)?([a-z][\w.]*)\s*(.*);$")]
    private static partial Regex InstructionPattern();
}
