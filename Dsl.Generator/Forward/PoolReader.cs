using Microsoft.CodeAnalysis.Operations;

namespace LayerDsl.Generator.Forward;

/// <summary>Reads calls of the pooling functions.</summary>
internal static class PoolReader
{
    private static readonly string[] Sizes = ["kernel_size", "stride", "padding"];

    /// <summary>max_pool2d and avg_pool2d with one constant for both directions; without a stride, windows stand side by side.</summary>
    public static Operand Read(KnownMethod.Pool pool, IInvocationOperation call, Operand value, IArgumentOperation[] options, ForwardDraft draft, ExpressionReader expressions)
    {
        if (options.FirstOrDefault(option => !Sizes.Contains(option.Parameter!.Name) && !KeepsTheUsual(option)) is { } other)
        {
            return draft.Unsupported(other.Syntax, $"the option '{other.Parameter!.Name}' of {call.TargetMethod.Name} is not translated");
        }

        var numbers = new int?[Sizes.Length];
        for (var k = 0; k < Sizes.Length; k++)
        {
            if (options.FirstOrDefault(option => option.Parameter!.Name == Sizes[k] && !KnownMethodReader.IsDefault(option)) is { } option)
            {
                if (expressions.ReadNumber(option.Value, "the " + Sizes[k]) is not { } number)
                {
                    return new Operand.Refused();
                }

                numbers[k] = (int)Math.Max(-1, Math.Min(short.MaxValue, number));
            }
        }

        var (kernel, padding) = (numbers[0] ?? 0, numbers[2] ?? 0);
        var stride = numbers[1] ?? kernel;
        return value is not Operand.Tensor x ? new Operand.Refused()
            : kernel < 1 || stride < 1 || padding < 0 || padding > kernel / 2
                ? draft.Unsupported(call.Syntax, "its kernel and stride must be at least 1, its padding at most half of the kernel")
                : draft.Add(new RawStep.Pool(pool.Kind, kernel, stride, padding, [x.Value]), call.Syntax);
    }

    /// <summary>adaptive_avg_pool2d to 1 × 1.</summary>
    public static Operand ReadGlobal(IInvocationOperation call, Operand value, IArgumentOperation[] options, ForwardDraft draft, ExpressionReader expressions) =>
        expressions.ReadNumber(options[0].Value, "the output size") is not { } size || value is not Operand.Tensor x ? new Operand.Refused()
            : size == 1 ? draft.Add(new RawStep.GlobalAverage([x.Value]), call.Syntax)
            : draft.Unsupported(call.Syntax, "only the output size 1 is translated");

    private static bool KeepsTheUsual(IArgumentOperation option) =>
        KnownMethodReader.IsDefault(option)
        || (option.Parameter!.Name == "count_include_pad" && option.Value.ConstantValue is { HasValue: true, Value: true })
        || (option.Parameter.Name == "dilation" && option.Value is IConversionOperation { Operand.ConstantValue: { HasValue: true, Value: 1 or 1L } });
}
