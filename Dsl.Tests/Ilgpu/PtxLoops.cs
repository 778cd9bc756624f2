namespace LayerDsl.Tests.Ilgpu;

/// <summary>A natural loop: the instructions that run again and again.</summary>
/// <param name="Header">The line of the block that the loop is entered by.</param>
/// <param name="Lines">The lines of its instructions.</param>
internal sealed record PtxLoop(int Header, IReadOnlySet<int> Lines)
{
    public bool Contains(PtxLoop other) => other != this && other.Lines.Count < Lines.Count && other.Lines.All(Lines.Contains);
}

/// <summary>Finds loops by the flow of control: compilers do not keep a loop's blocks together.</summary>
internal static class PtxLoops
{
    public static IReadOnlyList<PtxLoop> Find(IReadOnlyList<PtxInstruction> instructions, IReadOnlyDictionary<string, int> labels)
    {
        var starts = labels.Values.Concat(instructions.Where(IsJump).Select(jump => jump.Line + 1)).Append(instructions[0].Line).Distinct().Order().ToArray();
        var blocks = starts.Select((start, k) => instructions.Where(instruction => instruction.Line >= start && (k + 1 == starts.Length || instruction.Line < starts[k + 1])).ToArray()).ToArray();
        var next = blocks.Select((block, k) => Successors(block, k, blocks.Length, label => Array.IndexOf(starts, labels[label]))).ToArray();
        var reached = new HashSet<int>();
        Reach(0, reached, next);

        // What nothing leads to, as the blank line after a jump, has no say in what dominates the next.
        next = [.. next.Select((to, block) => reached.Contains(block) ? to : [])];
        var dominators = Dominators(next);
        var loops = new Dictionary<int, HashSet<int>>();
        for (var from = 0; from < next.Length; from++)
        {
            foreach (var to in next[from].Where(to => dominators[from].Contains(to)))
            {
                if (!loops.TryGetValue(to, out var body))
                {
                    loops[to] = body = [to];
                }

                Collect(from, body, next);
            }
        }

        return [.. loops.Select(loop => new PtxLoop(starts[loop.Key], loop.Value.SelectMany(block => blocks[block]).Select(instruction => instruction.Line).ToHashSet()))];
    }

    private static bool IsJump(PtxInstruction instruction) => instruction.Operation.StartsWith("br", StringComparison.Ordinal) || instruction.Operation == "ret";

    private static int[] Successors(PtxInstruction[] block, int number, int count, Func<string, int> blockOf)
    {
        var fallsThrough = number + 1 < count ? new[] { number + 1 } : [];
        return block.LastOrDefault() switch
        {
            { Operation: "ret", Guard: "" } => [],
            { Operation: "ret" } => fallsThrough,
            { Guard: "" } jump when jump.Operation.StartsWith("bra", StringComparison.Ordinal) => [blockOf(jump.Operands[0])],
            { } jump when jump.Operation.StartsWith("bra", StringComparison.Ordinal) => [blockOf(jump.Operands[0]), .. fallsThrough],
            { } jump when jump.Operation.StartsWith("br", StringComparison.Ordinal) => throw new NotSupportedException($"Line {jump.Line}: a jump by a table"),
            _ => fallsThrough,
        };
    }

    private static HashSet<int>[] Dominators(int[][] next)
    {
        var all = Enumerable.Range(0, next.Length).ToArray();
        var dominators = all.Select(block => block == 0 ? new HashSet<int> { 0 } : [.. all]).ToArray();
        var before = all.Select(block => all.Where(other => next[other].Contains(block)).ToArray()).ToArray();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var block in all.Skip(1).Where(block => before[block].Length > 0))
            {
                var common = before[block].Select(other => dominators[other]).Aggregate((HashSet<int>?)null, (set, other) => set is null ? [.. other] : [.. set.Intersect(other)]) ?? [];
                common.Add(block);
                changed |= common.Count != dominators[block].Count;
                dominators[block] = common;
            }
        }

        return dominators;
    }

    private static void Reach(int block, HashSet<int> reached, int[][] next)
    {
        if (reached.Add(block))
        {
            foreach (var to in next[block])
            {
                Reach(to, reached, next);
            }
        }
    }

    private static void Collect(int block, HashSet<int> body, int[][] next)
    {
        if (!body.Add(block))
        {
            return;
        }

        for (var other = 0; other < next.Length; other++)
        {
            if (next[other].Contains(block))
            {
                Collect(other, body, next);
            }
        }
    }
}
