namespace TimeSeries.Hosting.Running;

/// <summary>Something that a host's program does instead of running the host, with the host's configuration: <c>program name --options</c>.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Description">A line for <c>--help</c>.</param>
/// <param name="RunAsync">Does it with the services of a host that is not started, and returns the exit code.</param>
public sealed record HostCommand(string Name, string Description, Func<IServiceProvider, CancellationToken, Task<int>> RunAsync);
