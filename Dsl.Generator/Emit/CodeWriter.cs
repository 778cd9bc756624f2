using System.Text;

namespace LayerDsl.Generator.Emit;

/// <summary>Writes C# line by line: indentation, blocks and blank lines, with the same line ending on every platform.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    /// <summary>Writes one line at the current depth; an empty line stays empty.</summary>
    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0)
        {
            text.Append(' ', depth * 4).Append(line);
        }

        text.Append('\n');
        return this;
    }

    /// <summary>Writes each line of a text at the current depth.</summary>
    public CodeWriter Lines(string lines)
    {
        foreach (var line in lines.Split('\n'))
        {
            Line(line.TrimEnd('\r'));
        }

        return this;
    }

    /// <summary>Writes several lines.</summary>
    public CodeWriter Lines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Line(line);
        }

        return this;
    }

    /// <summary>Writes a head line and a block in braces.</summary>
    public CodeWriter Block(string head, Action body, string end = "}") => Line(head).Body(body, end);

    /// <summary>Writes a block in braces.</summary>
    public CodeWriter Body(Action body, string end = "}") => Line("{").Indented(body).Line(end);

    /// <summary>Writes lines one step further in.</summary>
    public CodeWriter Indented(Action body)
    {
        depth++;
        body();
        depth--;
        return this;
    }

    public override string ToString() => text.ToString();
}
