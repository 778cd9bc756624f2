using System.Globalization;

namespace LayerDsl.Examples;

/// <summary>The command line of an example.</summary>
/// <param name="Epochs">How often each image is seen; null for the example's own number.</param>
/// <param name="Smoke">A run of seconds that shows that everything works, not how well.</param>
public sealed record ExampleOptions(int? Epochs, bool Smoke)
{
    /// <summary>What an example understands.</summary>
    public const string Usage = "Options: --epochs N (1 to 10000), --smoke (a few batches only)";

    /// <summary>Reads the command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="error">What is wrong with them, or null.</param>
    /// <returns>The options, or null if something is wrong.</returns>
    public static ExampleOptions? Parse(IReadOnlyList<string> arguments, out string? error)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var options = new ExampleOptions(null, Smoke: false);
        error = null;
        for (var k = 0; k < arguments.Count && error is null; k++)
        {
            switch (arguments[k])
            {
                case "--smoke":
                    options = options with { Smoke = true };
                    break;
                case "--epochs" when k + 1 < arguments.Count && TryReadCount(arguments[k + 1], out var epochs):
                    options = options with { Epochs = epochs };
                    k++;
                    break;
                case "--epochs":
                    error = $"'--epochs' needs a number from 1 to 10000, not '{(k + 1 < arguments.Count ? arguments[k + 1] : "nothing")}'. {Usage}";
                    break;
                default:
                    error = $"'{arguments[k]}' is not an option. {Usage}";
                    break;
            }
        }

        return error is null ? options : null;
    }

    private static bool TryReadCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= 10_000;
}
