using System.Globalization;
using System.Security.Cryptography;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Server.Client;
using TimeSeries.Server.Self;

namespace TimeSeries.Server.Probe;

/// <summary>The command that probes a running server once from outside: <c>probe &lt;url&gt;</c>.</summary>
internal static class ProbeCommand
{
    // As the name of the file with the token for it.
    private const string TokenName = "probe-token";
    private const int Failed = 1;
    private const int Different = 2;
    private const int NameBytes = 4;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    public static string[] Keys { get; } = [nameof(ClientOptions.Url)];

    public static HostCommand Command { get; } = new(
        "probe", "Writes known samples to a running server, reads them back by every API and compares (probe <url>); exits with 2 where they differ", RunAsync);

    private static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        ClientOptions options = services.GetRequiredService<ClientOptions>();
        using ServerConnection server = ServerConnection.Open(services, TokenName);
        server.Http.Timeout = _timeout;
        try
        {
            // Other probers may write at the same time.
            string name = $"probe-{RandomNumberGenerator.GetHexString(NameBytes, lowercase: true)}";
            ProbeTarget target = await FindAsync(services, options, server, name, cancellationToken);
            ProbeReport report = await new Prober(target, services.GetRequiredService<TimeProvider>(), TimeSpan.Zero).RunAsync(cancellationToken);
            await PrintAsync(report, target, services.GetRequiredService<Terminal>().Out);
            return report.Outcome switch
            {
                ProbeOutcome.Equal => 0,
                ProbeOutcome.Different => Different,
                ProbeOutcome.Failed => Failed,
                _ => throw new InvalidOperationException($"{report.Outcome} is no outcome."),
            };
        }
        catch (HttpRequestException fault)
        {
            throw new StartRefusedException($"The server can't be reached: {fault.Message}", fault);
        }
    }

    // The server's own project is known by its code; another is probed only where that is wanted.
    private static async Task<ProbeTarget> FindAsync(
        IServiceProvider services, ClientOptions options, ServerConnection server, string name, CancellationToken cancellationToken)
    {
        long self = services.GetRequiredService<SelfOptions>().Pcode;
        if (await IsOfProjectAsync(server, self, cancellationToken))
        {
            return new ProbeTarget(server.Http, name, self, server.Token, (SelfProject.ProbeKeyId, server.Token));
        }

        if (!options.AllowUserProject)
        {
            throw new StartRefusedException(
                "The token is of a project of users, and probe writes samples into it. Use the token in probe-token of the server's storage directory, "
                    + "or say --allow-user-project.");
        }

        return await IsOfProjectAsync(server, options.Pcode, cancellationToken)
            ? new ProbeTarget(server.Http, name, options.Pcode, server.Token, FindKey(services, options))
            : throw new StartRefusedException($"The token is not of project {options.Pcode}; name the project with --Client:Pcode.");
    }

    private static async Task<bool> IsOfProjectAsync(ServerConnection server, long pcode, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "open/api/json/remote");
        request.Headers.Add("x-whatap-pcode", pcode.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("x-whatap-token", server.Token);
        using HttpResponseMessage response = await server.Http.SendAsync(request, cancellationToken);
        return response.StatusCode == System.Net.HttpStatusCode.OK || (response.StatusCode != System.Net.HttpStatusCode.Forbidden
            ? throw new StartRefusedException($"The server refused the token: {await ServerConnection.ReasonOfAsync(response, cancellationToken)}") : false);
    }

    private static (string Id, string Secret)? FindKey(IServiceProvider services, ClientOptions options)
    {
        if (options.AccessKeyFile.Length == 0)
        {
            return null;
        }

        string text = SecretFile.Read(services.GetRequiredService<IFileSystem>(), Path.GetFullPath(options.AccessKeyFile));
        return text.Split(' ') is [{ Length: > 0 } id, { Length: > 0 } secret]
            ? (id, secret)
            : throw new StartRefusedException($"{options.AccessKeyFile} must hold an access key and its secret with a blank between them.");
    }

    private static async Task PrintAsync(ProbeReport report, ProbeTarget target, TextWriter to)
    {
        foreach (ProbeDifference difference in report.Differences)
        {
            await to.WriteLineAsync(difference.Sentence);
        }

        if (report.Fault is { } fault)
        {
            await to.WriteLineAsync(fault);
        }

        string apis = target.AccessKey is null ? "every API but the search for events, which needs an access key" : "every API";
        await to.WriteLineAsync(report.Outcome == ProbeOutcome.Equal
            ? $"What was written was read back by {apis}, and is equal."
            : string.Create(CultureInfo.InvariantCulture, $"Differences: {report.Differences.Count}."));
    }
}
