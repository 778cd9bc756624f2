using LayerDsl.Generator.Forward;

namespace LayerDsl.Generator.Gradients;

/// <summary>The gradients of a chain of functions value by value, by the chain rule from its result to its arguments.</summary>
internal static class FusedGradients
{
    /// <summary>For each argument its gradient, where it has one. The gradient of the result is one more argument, after the others.</summary>
    /// <param name="body">What is computed.</param>
    /// <param name="arguments">How many arguments it has.</param>
    public static IReadOnlyList<FusedValue?> Of(FusedValue body, int arguments)
    {
        var gradients = new FusedValue?[arguments];
        Walk(body, new FusedValue.Argument(arguments), gradients);
        return gradients;
    }

    private static void Walk(FusedValue value, FusedValue gradient, FusedValue?[] gradients)
    {
        switch (value)
        {
            case FusedValue.Argument argument:
                gradients[argument.Number] = gradients[argument.Number] is { } sofar ? new FusedValue.Combine(Arithmetic.Add, sofar, gradient) : gradient;
                break;
            case FusedValue.Activate activate:
                Walk(activate.Operand, Times(gradient, new FusedValue.Slope(activate.Function, activate.Operand)), gradients);
                break;
            case FusedValue.Combine { Operation: Arithmetic.Multiply } product:
                Walk(product.Left, Times(gradient, product.Right), gradients);
                Walk(product.Right, Times(gradient, product.Left), gradients);
                break;
            case FusedValue.Combine combine:
                Walk(combine.Left, gradient, gradients);
                Walk(combine.Right, combine.Operation == Arithmetic.Subtract ? Times(gradient, -1) : gradient, gradients);
                break;
            case FusedValue.WithNumber { Operation: Arithmetic.Multiply } scaled:
                Walk(scaled.Operand, Times(gradient, scaled.Number), gradients);
                break;
            case FusedValue.WithNumber shifted:
                Walk(shifted.Operand, shifted is { Operation: Arithmetic.Subtract, NumberFirst: true } ? Times(gradient, -1) : gradient, gradients);
                break;
        }
    }

    private static FusedValue Times(FusedValue left, FusedValue right) => new FusedValue.Combine(Arithmetic.Multiply, left, right);

    private static FusedValue Times(FusedValue value, double number) => new FusedValue.WithNumber(Arithmetic.Multiply, value, number, NumberFirst: false);
}
