namespace TimeSeries.Benchmarks.Page;

/// <summary>Memory of the server and of the page's scripts in a browser that shows the live overview, in MB, at a minute.</summary>
internal sealed record MinuteMemory(int Minute, double ServerMegabytes, double ScriptMegabytes);
