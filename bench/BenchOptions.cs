namespace LayerDsl.Bench;

/// <summary>The command line.</summary>
/// <param name="Only">Rows whose name contains it; empty for all.</param>
/// <param name="Smoke">Small sizes and few rounds: shows that every row works, not how fast.</param>
internal sealed record BenchOptions(string Only, bool Smoke)
{
    public const string Usage = "Options: --only TEXT (rows whose name contains it), --smoke (small sizes, few rounds: seconds)";

    /// <summary>Reads the command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="error">What is wrong with them, or null.</param>
    /// <returns>The options, or null if something is wrong.</returns>
    public static BenchOptions? Parse(string[] arguments, out string? error)
    {
        var options = new BenchOptions(string.Empty, Smoke: false);
        error = null;
        for (var k = 0; k < arguments.Length && error is null; k++)
        {
            switch (arguments[k])
            {
                case "--smoke":
                    options = options with { Smoke = true };
                    break;
                case "--only" when k + 1 < arguments.Length:
                    options = options with { Only = arguments[++k] };
                    break;
                default:
                    error = $"'{arguments[k]}' is not an option, or lacks its value. {Usage}";
                    break;
            }
        }

        return error is null ? options : null;
    }
}
