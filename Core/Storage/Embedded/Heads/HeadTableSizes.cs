namespace TimeSeries.Core.Storage.Embedded.Heads;

/// <summary>How much a table of a head holds: what a head had, the next one has about.</summary>
/// <param name="RowCount">Its rows.</param>
/// <param name="Texts">Texts and their bytes by field; empty when unknown.</param>
internal sealed record HeadTableSizes(int RowCount, (int Texts, int TextBytes)[] Texts)
{
    // Before there was a head nothing is known of one: as many rows as one of the default size holds, more or less.
    private const int UsualRows = 1 << 18;

    public bool IsKnown => Texts.Length > 0;

    public static HeadTableSizes Unknown { get; } = new(UsualRows, []);
}
