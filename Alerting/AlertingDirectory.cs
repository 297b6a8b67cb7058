namespace TimeSeries.Alerting;

/// <summary>The folder of rules, silences and receivers.</summary>
/// <param name="path">The full path.</param>
public sealed class AlertingDirectory(string path)
{
    public string Path => path;
}
