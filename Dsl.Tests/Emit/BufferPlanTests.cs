using LayerDsl.Generator.Emit;
using LayerDsl.Generator.Emit.Managed;
using LayerDsl.Generator.Forward;

namespace LayerDsl.Tests.Emit;

/// <summary>Where the values of a folded model live.</summary>
public sealed class BufferPlanTests
{
    /// <summary>Runs programs on memory that knows which value each of its cells holds: what a step reads must still be there.</summary>
    [Fact]
    public void No_value_is_overwritten_before_it_was_read_for_the_last_time()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var program = RandomForward.Of(seed);
            Simulate(program, Plan(program), seed);
            var fused = EpilogueFusion.Fuse(program, _ => true);
            Simulate(fused, Plan(fused), seed);
        }
    }

    [Fact]
    public void The_arena_is_no_larger_than_without_reuse_and_no_smaller_than_what_lives_at_once()
    {
        var saved = 0;
        for (var seed = 0; seed < 500; seed++)
        {
            var program = RandomForward.Of(seed);
            var plan = Plan(program);
            var sum = plan.Spans.Sum(span => span.Size);
            var most = Enumerable.Range(0, program.Steps.Count).Max(step => plan.Spans.Where(span => span.Step <= step && step <= span.Last).Sum(span => span.Size));
            Assert.InRange(plan.Size, most, sum);
            saved += sum - plan.Size;
        }

        Assert.True(saved > 0, "Nothing was ever used again.");
    }

    private static BufferPlan Plan(ForwardProgram program) => BufferPlan.Of(program, new NameScope(BufferPlan.Input, BufferPlan.Output));

    private static void Simulate(ForwardProgram program, BufferPlan plan, int seed)
    {
        const int Nothing = -2;
        const int Input = -1;
        var memory = new Dictionary<string, int[]>
        {
            [BufferPlan.Input] = [.. Enumerable.Repeat(Input, program.InputSize)],
            [BufferPlan.Output] = [.. Enumerable.Repeat(Nothing, program.OutputSize)],
            [BufferPlan.Arena] = [.. Enumerable.Repeat(Nothing, plan.Size)],
        };
        Span<int> Cells(int value)
        {
            var size = ForwardProgram.Product(program.ShapeOf(value));
            var place = plan.SpanOf(value);
            return plan.Spans.FirstOrDefault(span => span.Name == place) is { } span ? memory[BufferPlan.Arena].AsSpan(span.Offset, size) : memory[place].AsSpan(0, size);
        }

        // A reshape in place writes nothing: its cells still hold the value before.
        var content = new Dictionary<int, int> { [Input] = Input };
        for (var step = 0; step < program.Steps.Count; step++)
        {
            foreach (var read in program.Steps[step].Reads)
            {
                Assert.True(Cells(read).IndexOfAnyExcept(content[read]) < 0, $"program {seed}: step {step} reads value {read}, which is no longer there");
            }

            var inPlace = program.Steps[step] is ForwardStep.Reshape reshape && plan.SpanOf(reshape.Argument) == plan.SpanOf(step);
            content[step] = inPlace ? content[program.Steps[step].Reads.First()] : step;
            if (!inPlace)
            {
                Assert.NotEqual(BufferPlan.Input, plan.SpanOf(step));
                Cells(step).Fill(step);
            }
        }

        Assert.Equal(BufferPlan.Output, plan.SpanOf(program.Result));
        Assert.True(Cells(program.Result).IndexOfAnyExcept(content[program.Result]) < 0, $"program {seed}: the result was overwritten");
    }
}
