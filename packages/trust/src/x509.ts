/** The X.509 library, behind the polyfill that must be loaded before it. */
import "reflect-metadata";

export * from "@peculiar/x509";
