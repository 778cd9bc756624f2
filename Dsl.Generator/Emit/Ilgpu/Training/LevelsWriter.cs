using LayerDsl.Generator.Emit.Torch;
using LayerDsl.Generator.Ir;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>
/// Writes lookups in a list of levels for kernels: trees of comparisons with numbers in the code, so that no table is loaded, and no memory of a thread's own is taken.
/// Values and ties as on the CPU.
/// </summary>
internal static class LevelsWriter
{
    /// <summary>A tree with more levels is called, so that a kernel does not hold it at every place where it looks up.</summary>
    private const int MostInline = 16;

    /// <summary>So many levels of a tree stand in one line.</summary>
    private const int PerLine = 4;

    /// <summary>The method that finds the nearest level.</summary>
    public static string NearestName(Codebook levels) => "Nearest" + CodebookWriter.NameOf(levels);

    /// <summary>The method that gives the level of a number.</summary>
    public static string LevelName(Codebook levels) => "LevelOf" + CodebookWriter.NameOf(levels);

    public static void Write(CodeWriter writer, Codebook levels)
    {
        var ties = levels.Ties == Ties.Even ? "an even number" : "the lower one";
        writer.Line().Line($"/// <summary>The number of the nearest of the {KernelText.Number(levels.Levels.Count)} levels of {levels.Name}; ties go to {ties}, NaN to the last.</summary>");
        Method(writer, levels, NearestName(levels), "x", k => $"x {(levels.Rises(k) ? "<" : "<=")} {Middle(levels, k)}", k => KernelText.Number(k) + "f");
        writer.Line().Line($"/// <summary>The level of {levels.Name} with a number.</summary>");
        Method(writer, levels, LevelName(levels), "number", k => $"!(number >= {KernelText.Number(k + 1)})", k => DeviceFunctions.Number(levels.Levels[k]).Text);
    }

    /// <summary>The midpoint in double precision, and that in single, as TorchSharp's side has it.</summary>
    private static string Middle(Codebook levels, int k) => DeviceFunctions.Number(Rational.FromDouble((levels.Levels[k].ToDouble() + levels.Levels[k + 1].ToDouble()) / 2)).Text;

    private static void Method(CodeWriter writer, Codebook levels, string name, string argument, Func<int, string> isBelow, Func<int, string> leaf)
    {
        if (levels.Levels.Count > MostInline)
        {
            writer.Line("[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]");
        }

        writer.Line($"private static float {name}(float {argument}) =>");
        var lines = Tree(isBelow, leaf, 0, levels.Last).ToArray();
        writer.Indented(() => writer.Lines(lines.Select((line, k) => k == lines.Length - 1 ? line + ";" : line)));
    }

    /// <summary>The tree over the levels from one to another.</summary>
    private static IEnumerable<string> Tree(Func<int, string> isBelow, Func<int, string> leaf, int first, int last)
    {
        if (last - first < PerLine)
        {
            return [Line(isBelow, leaf, first, last)];
        }

        var middle = (first + last) / 2;
        var (low, high) = (Tree(isBelow, leaf, first, middle), Tree(isBelow, leaf, middle + 1, last));
        return [isBelow(middle), .. Under("? ", low), .. Under(": ", high)];
    }

    private static string Line(Func<int, string> isBelow, Func<int, string> leaf, int first, int last)
    {
        var middle = (first + last) / 2;
        return first == last ? leaf(first) : $"{isBelow(middle)} ? {Part(first, middle)} : {Part(middle + 1, last)}";

        string Part(int from, int to) => from == to ? leaf(from) : "(" + Line(isBelow, leaf, from, to) + ")";
    }

    private static IEnumerable<string> Under(string sign, IEnumerable<string> lines) => lines.Select((line, k) => (k == 0 ? "    " + sign : "    ") + line);
}
