using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace TimeSeries.Hosting.Running;

/// <summary>The addresses that a host listens on.</summary>
public static class Listener
{
    // Options of further addresses. One that is not configured may be left out where it is taken.
    private static readonly string[] _otherAddresses = ["Otlp:Http", "Otlp:Grpc"];

    /// <summary>An address that can be called on this machine: localhost in place of every address.</summary>
    public static string LocalAddress(string address)
    {
        BindingAddress binding = BindingAddress.Parse(address);
        return IsOnEveryAddress(address) ? $"{binding.Scheme}://localhost:{binding.Port}" : address;
    }

    /// <summary>The first address of a server that listens, as it can be called on this machine.</summary>
    public static string LocalAddress(IServer server) =>
        LocalAddress(server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? HostSetup.DefaultAddress);

    /// <summary>Reads an address; false when it is none.</summary>
    public static bool TryParse(string address, [NotNullWhen(true)] out BindingAddress? binding)
    {
        try
        {
            binding = BindingAddress.Parse(address);
            return true;
        }
        catch (FormatException)
        {
            binding = null;
            return false;
        }
    }

    internal static bool IsOnEveryAddress(string address) =>
        BindingAddress.Parse(address).Host is var host && (host is "*" or "+" || (IPAddress.TryParse(host, out IPAddress? ip) && IsAny(ip)));

    /// <summary>Tries the ports of a configuration, so that a start that can't listen ends before it has made anything.</summary>
    /// <exception cref="StartRefusedException">A port can't be had; the sentence names it.</exception>
    internal static void CheckPorts(IConfiguration configuration)
    {
        foreach ((BindingAddress binding, string option) in Configured(configuration))
        {
            if (FindFault(binding) is { } fault)
            {
                throw new StartRefusedException($"The start failed: the server can't listen on {binding}: {fault}. Choose another with {option}.");
            }
        }
    }

    /// <summary>Tries to listen on an address. Returns why it can't be done, or null.</summary>
    public static string? FindFault(BindingAddress binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        if (binding.IsUnixPipe || binding.IsNamedPipe || binding.Port == 0)
        {
            return null;
        }

        IPAddress address = AddressOf(binding.Host);
        try
        {
            using TcpListener port = new(address, binding.Port);
            if (address.Equals(IPAddress.IPv6Any))
            {
                // As the server does.
                port.Server.DualMode = true;
            }

            port.Start();
            return null;
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "it is in use by another program",
                SocketError.AccessDenied => "only an administrator may have it",
                SocketError.AddressNotAvailable => "this machine has no such address",
                _ => fault.Message,
            };
        }
    }

    /// <summary>Where an address is listened on.</summary>
    public static IPEndPoint EndPointOf(BindingAddress binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        return new IPEndPoint(AddressOf(binding.Host), binding.Port);
    }

    // The addresses of --urls; of Kestrel:Endpoints, which win over it; or of the default. An address that can't be read is told by the server.
    private static IEnumerable<(BindingAddress Binding, string Option)> Configured(IConfiguration configuration)
    {
        string[] endpoints = [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];
        IEnumerable<string> ports = Split(configuration["http_ports"]).Select(port => $"http://*:{port}")
            .Concat(Split(configuration["https_ports"]).Select(port => $"https://*:{port}"));
        IEnumerable<string> addresses = endpoints.Length > 0 ? endpoints : Split(configuration["urls"]) is { Length: > 0 } urls ? urls : ports;
        IEnumerable<(string Address, string Option)> others = _otherAddresses.Select(key => (configuration[key] ?? "", $"--{key}"));
        foreach ((string address, string option) in addresses.Select(address => (address, "--urls")).Concat(others.Where(other => other.Address.Length > 0)))
        {
            if (TryParse(address, out BindingAddress? binding))
            {
                yield return (binding, option);
            }
        }
    }

    private static string[] Split(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static IPAddress AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host, out IPAddress? address) ? address
        : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
