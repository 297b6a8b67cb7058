using System.Net.Http.Headers;
using System.Text.Json;
using TimeSeries.Core.Files;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Server.Client;

/// <summary>How a command reaches a running server, and with which token. Thread safe.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const string TokenVariable = "TIMESERIES_TOKEN";

    private ServerConnection(Uri address, string token)
    {
        Token = token;
        Http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Sends the token as Bearer. A request has no timeout of its own.</summary>
    public HttpClient Http { get; }

    /// <summary>The token. It must not be logged.</summary>
    public string Token { get; }

    /// <summary>Opens a connection to the server of the options.</summary>
    /// <param name="services">Of a host that is not started.</param>
    /// <param name="tokenNames">Files in the storage directory that may have the token where none is named; the first that there is.</param>
    /// <exception cref="StartRefusedException">There is no address or no token; the sentence says which.</exception>
    public static ServerConnection Open(IServiceProvider services, params string[] tokenNames)
    {
        ClientOptions options = services.GetRequiredService<ClientOptions>();
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new StartRefusedException($"'{options.Url}' is no address of a server; write one behind the command, like http://127.0.0.1:5080.");
        }

        if (address.UserInfo.Length > 0 || address.Query.Length > 0)
        {
            throw new StartRefusedException($"The address must have no secret in it: set {TokenVariable}, or name a file with --token-file.");
        }

        return new ServerConnection(new Uri(address.AbsoluteUri.TrimEnd('/') + "/"), FindToken(services, options, tokenNames));
    }

    /// <summary>Why a server refused a request: its status and sentence.</summary>
    public static async Task<string> ReasonOfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        string detail = response.Content.Headers.ContentType?.MediaType == Hosting.Web.Problem.ContentType
            && JsonElement.Parse(body).TryGetProperty("detail", out JsonElement told) ? $": {told.GetString()}" : "";
        return $"{(int)response.StatusCode} {response.ReasonPhrase}{detail}";
    }

    public void Dispose() => Http.Dispose();

    private static string FindToken(IServiceProvider services, ClientOptions options, string[] tokenNames)
    {
        IFileSystem files = services.GetRequiredService<IFileSystem>();
        string root = services.GetRequiredService<IHostEnvironment>().ContentRootPath;
        string directory = Path.GetFullPath(services.GetRequiredService<StorageOptions>().Directory, root);
        string[] own = [.. tokenNames.Select(name => Path.Combine(directory, name))];
        string file = options.TokenFile.Length > 0 ? Path.GetFullPath(options.TokenFile) : Array.Find(own, files.Exists) ?? own[0];
        string token = services.GetRequiredService<IConfiguration>()[TokenVariable] is { Length: > 0 } given ? given : SecretFile.Read(files, file);
        return token.Length > 0
            ? token
            : throw new StartRefusedException($"There is no token: set {TokenVariable}, or name a file with --token-file. {file} has none.");
    }
}
