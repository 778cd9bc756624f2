namespace LayerDsl;

/// <summary>
/// Work in independent parts. A <c>ref struct</c>, so that it may hold spans: it lies on the stack of the thread that called
/// <see cref="WorkerTeam.Run{TWork}"/>, which does not return before every part is done.
/// </summary>
internal interface IWork
{
    /// <summary>Does one part. Called on several threads at once for different parts: it must not change the struct, and parts must not write to the same places.</summary>
    /// <param name="part">From 0 to the number of parts less 1.</param>
    void Run(int part);
}
