export const rustQuery = `
(function_item name: (_) @name parameters: (_) @parameters body: (_) @body) @function
(function_signature_item name: (_) @name parameters: (_) @parameters) @function
(struct_item name: (_) @name body: (_)? @body) @struct
(union_item name: (_) @name body: (_) @body) @struct
(enum_item name: (_) @name body: (_) @body) @enum
(enum_variant name: (_) @name body: (_)? @body) @enumMember
(field_declaration name: (_) @name) @field
(trait_item name: (_) @name body: (_) @body) @interface
(impl_item type: (_) @scope.name body: (_)) @scope.class
(mod_item name: (_) @name body: (_)? @body) @namespace
(const_item name: (_) @name value: (_)? @body) @constant
(static_item name: (_) @name value: (_)? @body) @variable
(type_item name: (_) @name type: (_) @body) @type
(associated_type name: (_) @name) @type
(macro_definition name: (_) @name) @macro

(use_declaration argument: (identifier) @name) @import
(use_declaration argument: (scoped_identifier name: (_) @name)) @import
(use_list (identifier) @name @import)
(use_list (scoped_identifier name: (_) @name) @import)
(use_as_clause alias: (_) @name) @import

(line_comment) @comment
(block_comment) @comment
(attribute_item) @decorator
(closure_expression) @opaque
`;
