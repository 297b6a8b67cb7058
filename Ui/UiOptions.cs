using System.ComponentModel;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Ui;

/// <summary>Section <c>Ui</c>: the page that people look at.</summary>
public sealed class UiOptions
{
    public const string Section = "Ui";

    [Description("Whether the page is served at /")]
    [TypeConverter(typeof(FlagConverter))]
    public bool Enabled { get; init; } = true;

    [Description("Folder of the keys that sessions are encrypted with; by default ui in Storage:Directory")]
    public string Directory { get; init; } = "";
}
