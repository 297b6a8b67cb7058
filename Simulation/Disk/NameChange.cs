namespace TimeSeries.Simulation.Disk;

/// <summary>A name that was made, moved or deleted.</summary>
internal sealed record NameChange(FileOperation Operation, string Path, string? From, FileContent? Content)
{
    public void Apply(Dictionary<string, FileContent> names)
    {
        if (From is not null)
        {
            names.Remove(From);
        }

        if (Content is null)
        {
            names.Remove(Path);
        }
        else
        {
            names[Path] = Content;
        }
    }
}
