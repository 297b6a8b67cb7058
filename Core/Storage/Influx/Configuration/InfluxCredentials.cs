using System.Net.Http.Headers;
using System.Text;

namespace TimeSeries.Core.Storage.Influx.Configuration;

/// <summary>An account of InfluxDB. Its text never shows a secret.</summary>
public sealed class InfluxCredentials
{
    private readonly string _token;
    private readonly string _username;
    private readonly string _password;
    private readonly InfluxAuthScheme _scheme;

    /// <param name="token">A token; empty for none.</param>
    /// <param name="username">A name, used when there is no token; empty for none.</param>
    /// <param name="password">Its password.</param>
    /// <param name="scheme">How the token is sent.</param>
    public InfluxCredentials(string token = "", string username = "", string password = "", InfluxAuthScheme scheme = InfluxAuthScheme.Token)
    {
        _token = token;
        _username = username;
        _password = password;
        _scheme = scheme;
    }

    public static InfluxCredentials None { get; } = new();

    /// <summary>Whether there is neither token nor name.</summary>
    public bool IsEmpty => _token.Length == 0 && _username.Length == 0;

    /// <summary>The header <c>Authorization</c>; null without credentials.</summary>
    public AuthenticationHeaderValue? ToHeader()
    {
        if (_token.Length == 0)
        {
            return _username.Length == 0 ? null : Basic(_username, _password);
        }

        return _scheme switch
        {
            InfluxAuthScheme.Basic => Basic(_username, _token),
            InfluxAuthScheme.Bearer => new AuthenticationHeaderValue("Bearer", _token),
            InfluxAuthScheme.Token => new AuthenticationHeaderValue("Token", _token),
            _ => throw new InvalidOperationException($"{_scheme} is no scheme."),
        };
    }

    public override string ToString() => _token.Length > 0 ? "a token" : _username.Length > 0 ? "name and password" : "no credentials";

    private static AuthenticationHeaderValue Basic(string name, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
}

/// <summary>How a token is sent.</summary>
public enum InfluxAuthScheme : byte
{
    Token,
    Bearer,

    /// <summary>As the password of HTTP Basic.</summary>
    Basic,
}
